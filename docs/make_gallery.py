"""Draw every view of every model into docs/gallery.md: `make gallery`.

    python docs/make_gallery.py [MODEL …]

Without names all models are drawn anew; with names only these, and the page is written for all.
Weights and data come as for any command: with MNIST and the published weights at hand or in a
mirror (ZOO_MIRROR) the pictures are those of the page, without them of the embedded digits. Weights
that carry no history are trained for the few views that need one.
"""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from zoo import LoadedModel, Picture, Zoo, ZooError
from zoo.store.files import write_whole
from zoo.views import draw, unmet

DOCS = Path(__file__).parent
PICTURES = DOCS / "gallery"
INDEX = PICTURES / "index.json"
"""What is on the page, so that one model can be drawn anew without the others."""

WIDTH, COLOURS = 420, 48
"""Of a picture: small enough that all of them stay below 3 MB."""

SHORT = {"values": {"epochs": 5}, "data": "digits", "weights": "train", "seed": 0}
SHORT_WORDS = ("--weights", "train", "--data", "digits", "--set", "epochs=5", "--seed", "0")
"""A training of seconds, for views that need its history."""

AS_TRAINED = {"loss": "squared-error", "one_hot": False}
LESSONS: tuple[tuple[str, str, dict[str, Any], tuple[str, ...], str], ...] = (
    (
        *("scratch:n3-as-written", "confusion", {}, ()),
        "Trained without one-hot labels, a network gives one answer to everything",
    ),
    (
        *("scratch:n3-as-written", "backpropagation", AS_TRAINED),
        *(("--loss", "squared-error", "--no-one-hot"),),
        "It cannot recover, as no weight changes its loss any more",
    ),
)
"""Views of other presets than the default that teach something of their own."""

HEAD = """# Gallery

Every view of every model, with the command that draws it. This page is made by `make gallery`;
`zoo visualize MODEL VIEW --help` lists the options of a view, and in a notebook
`zoo.interact("MODEL", "VIEW")` has a slider for each.
"""


def main(names: list[str]) -> None:
    zoo = Zoo()
    PICTURES.mkdir(exist_ok=True)
    entries: dict[str, list[dict[str, Any]]] = json.loads(INDEX.read_text()) if INDEX.exists() else {}
    models = [offer.name for offer in zoo.models()]
    for model in names or models:
        entries[model] = list(draw_all(zoo, model))
    for model in names or models:
        entries[model] += draw_lessons(zoo, model)
    entries = {model: entries[model] for model in models if model in entries}
    used = {shot["file"] for shown in entries.values() for shot in shown}
    for path in PICTURES.glob("*.png"):
        if path.name not in used:
            path.unlink()
    write_whole(INDEX, (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode())
    write_whole(DOCS / "gallery.md", page(zoo, entries).encode())
    size = sum(path.stat().st_size for path in PICTURES.glob("*.png"))
    sys.stdout.write(f"{len(used)} pictures, {size / 1e6:.2f} MB\n")


def draw_all(zoo: Zoo, model: str) -> Any:
    """Draw each view that the model offers; yield what the page says of it."""
    loaded = zoo.load(model)
    trained: LoadedModel | None = None
    for offer in zoo.catalogue.views:
        if unmet(offer.spec, loaded.spec) is not None:
            continue
        subject, words = loaded, ["zoo", "visualize", model, offer.name]
        if unmet(offer.spec, loaded.context) is not None:
            if trained is None:
                trained = zoo.load(model, **SHORT)
            if unmet(offer.spec, trained.context) is not None:
                continue
            subject, words = trained, [*words, *SHORT_WORDS]
        try:
            picture = draw(offer, subject.context)
        except ZooError as error:
            sys.stdout.write(f"{model} {offer.name}: {error}\n")
            continue
        yield entry(picture, words)


def draw_lessons(zoo: Zoo, model: str) -> list[dict[str, Any]]:
    found = []
    for title, view, values, options, lesson in LESSONS:
        if title.partition(":")[0] == model:
            picture = zoo.load(title).view(view, **values)
            words = ["zoo", "visualize", title, view, *options]
            found.append({**entry(picture, words), "lesson": lesson})
    return found


def entry(picture: Picture, words: list[str]) -> dict[str, Any]:
    """Keep the picture, and return what the page says of it."""
    data = small(picture.encode("png"))
    file = f"{picture.view}-{hashlib.sha256(data).hexdigest()[:8]}.png"  # equal pictures are one file
    write_whole(PICTURES / file, data)
    sys.stdout.write(f"{' '.join(words[2:])}: {len(data):,} bytes\n")
    return {"view": picture.view, "file": file, "alt": picture.alt, "command": shlex.join(words)}


def small(png: bytes) -> bytes:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    height = round(image.height * WIDTH / image.width)
    image = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        buffer, "PNG", optimize=True
    )
    return buffer.getvalue()


def page(zoo: Zoo, entries: dict[str, list[dict[str, Any]]]) -> str:
    drawn = {model: {shot["view"] for shot in shown} for model, shown in entries.items()}
    lines = [HEAD, "| view | " + " | ".join(entries) + " |", "|---" * (len(entries) + 1) + "|"]
    for offer in zoo.catalogue.views:
        marks = [f"[●](#{m}-{offer.name})" if offer.name in drawn[m] else "" for m in entries]
        lines.append(f"| {offer.name} | " + " | ".join(marks) + " |")
    for model, shown in entries.items():
        lines += ["", f"## {model}", "", zoo.catalogue.model(model).spec.summary]
        for shot in shown:
            mark = f'<a id="{model}-{shot["view"]}"></a>'
            if "lesson" in shot:
                mark = f"{shot['lesson']}: "
            lines += [
                "",
                f"{mark}`{shot['command']}`",
                "",
                f"![{shot['alt']}](gallery/{shot['file']})",
            ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
