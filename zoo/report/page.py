"""`write`: the facts of a run and its pictures as one HTML file.

The page loads nothing: pictures are in it as data, style and script are inline and allowed by their
hash only. There is no clock in it: the same run gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from zoo.report.html import Markup, element, join
from zoo.wording import percent

if TYPE_CHECKING:
    from zoo.views.picture import Frames, Picture

__all__ = ["write"]

WAYS = {
    "packaged": "published, packaged with the zoo",
    "cache": "published, from the cache",
    "mirror": "published, from a mirror",
    "download": "published, downloaded",
    "trained": "trained here",
    "file": "from a file",
}


def write(facts: Mapping[str, Any], pictures: Sequence[Picture | Frames] = ()) -> bytes:
    """Return ``report.html``.

    Args:
        facts: The JSON of a run (schema 1), with ``seed``, ``versions`` and ``skipped`` (a line for
            each view that was not drawn); what is missing is left out of the page.
        pictures: In the order of the page.
    """
    style, script = _file("page.css"), _file("page.js")
    title = _title(facts)
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{title}: report"),
        element("link", rel="icon", href="data:,"),
        Markup(f"<style>{style}</style>"),
    )
    body = element(
        "body",
        _header(facts, title),
        element("main", _pictures(pictures, facts), _classes(facts), _details(facts)),
        element(
            "footer",
            "Made by digit-zoo. The pictures say what they show in their alternative text; "
            "every number can be had with ",
            element("code", f"zoo run {title} --json"),
            ".",
        ),
        Markup(f"<script>{script}</script>"),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n".encode()


def _file(name: str) -> str:
    return resources.files("zoo.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _title(facts: Mapping[str, Any]) -> str:
    model, preset = str(facts.get("model", "model")), str(facts.get("preset") or "default")
    return model if preset == "default" else f"{model}:{preset}"


def _header(facts: Mapping[str, Any], title: str) -> Markup:
    evaluation, dataset, weights = (_part(facts, name) for name in ("evaluation", "dataset", "weights"))
    count = evaluation.get("n", dataset.get("n"))
    scores = []
    if evaluation.get("accuracy") is not None:
        judge = evaluation.get("judge")
        name = f"of its images read by {judge} as their class" if judge else "accuracy"
        scores.append((name, percent(evaluation["accuracy"])))
    if evaluation.get("loss") is not None:
        scores.append(("loss", f"{evaluation['loss']:.4f}"))
    if evaluation.get("auc") is not None:
        scores.append(("area under the ROC curve", f"{evaluation['auc']:.4f}"))
    if count is not None:
        scores.append(("test images", f"{count:,}"))
    if facts.get("parameters") is not None:
        scores.append(("weights", f"{facts['parameters']:,}"))
    lead = []
    if weights.get("source"):
        lead.append(f"Weights {WAYS.get(str(weights['source']), weights['source'])}")
    if dataset.get("name"):
        lead.append(f"measured on the {dataset['name']} test images")
    warnings = [str(text) for text in facts.get("warnings") or ()]
    parts = [
        element("p", "digit-zoo report", class_="kind"),
        element("h1", title),
        element("p", ", ".join(lead) + "." if lead else "", class_="lead"),
        element(
            "dl",
            *(element("div", element("dt", name), element("dd", value)) for name, value in scores),
            class_="scores",
        ),
    ]
    if warnings:
        items = element("ul", *(element("li", text) for text in warnings))
        heading = element("h2", "Did not go as planned")
        parts.append(element("section", heading, items, class_="notes"))
    return element("header", *parts)


def _pictures(pictures: Sequence[Picture | Frames], facts: Mapping[str, Any]) -> Markup:
    skipped = [element("p", f"Not drawn: {line}", class_="quiet") for line in facts.get("skipped") or ()]
    if not pictures and not skipped:
        return Markup("")
    return join([element("h2", "Pictures"), *(_figure(picture) for picture in pictures), *skipped])


def _figure(shown: Picture | Frames) -> Markup:
    frames = getattr(shown, "pictures", None)
    if frames is None:
        return element("figure", _paper(shown), _caption(shown), id=_anchor(shown))  # type: ignore[arg-type]
    name = f"slide-{_anchor(shown)}"
    labels, parameter = shown.labels, shown.parameter  # type: ignore[union-attr]
    start = shown.start  # type: ignore[union-attr]
    slider = element(
        "div",
        element("label", parameter, for_=name),
        element("output", labels[start], for_=name),
        element(
            "input",
            type="range",
            id=name,
            min=0,
            max=len(frames) - 1,
            step=1,
            value=start,
            autocomplete="off",
        ),
        class_="slider",
    )
    papers = [
        part
        for label, picture in zip(labels, frames, strict=True)
        for part in (element("p", f"{parameter} = {label}", class_="step"), _paper(picture, label))
    ]
    caption = _caption(frames[start], without=parameter)
    return element("figure", slider, *papers, caption, class_="frames", id=_anchor(shown))


def _paper(picture: Picture, label: str | None = None) -> Markup:
    png = picture.encode("png")
    width, height = struct.unpack(">II", png[16:24])
    image = element(
        "img",
        src=f"data:image/png;base64,{base64.b64encode(png).decode()}",
        alt=picture.alt,
        width=width,
        height=height,
    )
    return element("div", image, class_="paper", data_label=label)


def _caption(picture: Picture, without: str = "") -> Markup:
    given = [
        f"{name} {_value(value)}"
        for name, value in picture.parameters.items()
        if name != without and value not in ("", None, [])
    ]
    text = f" · {', '.join(given)}" if given else ""
    return element("figcaption", element("b", picture.view), text)


def _anchor(shown: Picture | Frames) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in shown.view)


def _classes(facts: Mapping[str, Any]) -> Markup:
    """Tell the confusion matrix class by class."""
    evaluation = _part(facts, "evaluation")
    confusion, labels = evaluation.get("confusion"), evaluation.get("labels")
    if not confusion:
        return Markup("")
    labels = [str(label) for label in labels or range(len(confusion))]
    head = ("class", "images", "right", "recall", "precision", "most often taken for")
    rows = []
    for index, row in enumerate(confusion):
        count, right = sum(row), row[index]
        answered = sum(line[index] for line in confusion)
        wrong = {
            label: n for i, (label, n) in enumerate(zip(labels, row, strict=False)) if i != index and n
        }
        worst = max(wrong, key=lambda label: wrong[label], default=None)
        rows.append(
            (
                labels[index],
                f"{count:,}",
                f"{right:,}",
                _percent(right, count),
                _percent(right, answered),
                f"{worst} ({wrong[worst]:,} ×)" if worst is not None else "–",
            )
        )
    table = element(
        "table",
        element("thead", element("tr", *(element("th", name, scope="col") for name in head))),
        element(
            "tbody",
            *(
                element(
                    "tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])
                )
                for row in rows
            ),
        ),
    )
    return join([element("h2", "Class by class"), element("div", table, class_="scroll")])


def _details(facts: Mapping[str, Any]) -> Markup:
    plugin, weights, dataset = (_part(facts, name) for name in ("plugin", "weights", "dataset"))
    rows: list[tuple[str, str | Markup]] = [("model", _title(facts))]
    rows.append(("plugin", f"{plugin.get('distribution', '')} {plugin.get('version') or ''}".strip()))
    source = weights.get("source")
    way = WAYS.get(str(source), str(source)) if source else ""
    tag = f" (tag {weights['tag']})" if weights.get("tag") else ""
    reason = f": {weights['reason']}" if weights.get("reason") else ""
    rows.append(("weights", f"{way}{tag}{reason}" if way else ""))
    rows.append(("weights file", _name(weights.get("path"))))
    rows.append(("weights sha256", _code(weights.get("sha256"))))
    split = f", split {dataset['split']}" if dataset.get("split") else ""
    why = f": {dataset['reason']}" if dataset.get("reason") else ""
    rows.append(("dataset", f"{dataset.get('name', '')}{split}{why}" if dataset else ""))
    rows.append(("dataset sha256", _code(dataset.get("sha256"))))
    rows.append(("seed", str(facts["seed"]) if facts.get("seed") is not None else ""))
    rows += [(name, _listing(_part(facts, name))) for name in ("hyperparameters", "recipe", "versions")]
    told = [(name, value) for name, value in rows if value]
    items = [part for name, value in told for part in (element("dt", name), element("dd", value))]
    return join([element("h2", "How it was made"), element("dl", *items, class_="facts")])


def _part(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = facts.get(name)
    return part if isinstance(part, Mapping) else {}


def _listing(part: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in part.items())


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(_value(item) for item in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _code(value: Any) -> str | Markup:
    return element("code", str(value)) if value else ""


def _name(path: Any) -> str:
    """Keep the file's name only: a report is passed on, and folders name their owner."""
    if not path:
        return ""
    return PureWindowsPath(str(path)).name if "\\" in str(path) else PurePath(str(path)).name


def _percent(part: int, whole: int) -> str:
    return percent(part / whole, 1) if whole else "–"
