from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.views.fakes import DRAWN, EVALUATION, VIEWS, context
from zoo.report import write
from zoo.views import draw, frames
from zoo.views.picture import Frames

FACTS: dict[str, Any] = {
    "schema": 1,
    "model": "tiny",
    "preset": "16x16",
    "plugin": {"distribution": "digit-zoo", "version": "0.1.0"},
    "hyperparameters": {"hidden": [16, 16], "bias": True},
    "recipe": {"epochs": 3},
    "dataset": {"name": "mnist", "split": "official", "n": 30, "sha256": "d" * 64, "reason": "cached"},
    "weights": {
        "source": "trained",
        "tag": None,
        "reason": "a seed was asked for",
        "sha256": "e" * 64,
        "path": "/home/ada/.cache/digit-zoo/trained/tiny.h5",
    },
    "evaluation": {
        "accuracy": 23 / 30,
        "loss": 0.61234,
        "n": 30,
        "confusion": EVALUATION.confusion,
        "labels": list(EVALUATION.labels),
    },
    "warnings": ["mnist could not be had"],
    "skipped": ["why: needs gradients, which tiny does not offer"],
    "seed": 7,
    "versions": {"keras": "3.15.1"},
}

VOID = {"meta", "link", "img", "input"}


class Page(HTMLParser):
    """Collects tags, attributes and text, and checks that every tag is closed in its turn."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.inline: dict[str, str] = {}
        self.feed(html.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            self.inline[self.open[-1]] = self.inline.get(self.open[-1], "") + data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def pictures() -> list[Any]:
    return [frames(offer, context()) for offer in DRAWN.values()]


def test_the_facts_of_the_run_are_on_the_page() -> None:
    page = Page(write(FACTS))
    for fact in (
        "tiny:16x16",
        "76.67 %",
        "0.6123",
        "digit-zoo 0.1.0",
        "trained here: a seed was asked for",
        "tiny.h5",
        "e" * 64,
        "mnist, split official: cached",
        "d" * 64,
        "hidden 16 16, bias yes",
        "epochs 3",
        "keras 3.15.1",
        "mnist could not be had",
        "Not drawn: why: needs gradients, which tiny does not offer",
    ):
        assert fact in page.text
    assert "ada" not in page.text


def test_each_class_is_told() -> None:
    text = Page(write(FACTS)).text
    assert "two10660.0 %100.0 %one (4 ×)" in text


def test_the_same_run_gives_the_same_bytes_and_no_clock() -> None:
    first, second = (write(FACTS, pictures()) for _ in range(2))
    assert first == second
    outside_pictures = re.sub(rb"base64,[A-Za-z0-9+/=]+", b"", first)
    assert not re.search(rb"20[2-9]\d-[01]\d|new Date|\d\d:\d\d", outside_pictures)


def test_nothing_is_loaded_from_anywhere() -> None:
    html = write(FACTS, pictures())
    page = Page(html)
    for _, attributes in page.tags:
        for name, value in attributes.items():
            assert name != "style"
            assert not name.startswith("on")
            if name in ("src", "href", "srcset", "data", "action", "poster", "background"):
                assert (value or "").startswith("data:")
    for inline in page.inline.values():
        assert not re.search(r"https?:|//[a-z]|url\(|@import|fetch\(|XMLHttp|eval\(", inline)


def test_the_policy_allows_just_the_style_and_script_of_the_page() -> None:
    page = Page(write(FACTS, pictures()))
    (policy,) = [
        m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(" ", 1) for rule in (policy or "").split("; "))
    hashes = {
        kind: "'sha256-"
        + base64.b64encode(hashlib.sha256(page.inline[kind].encode()).digest()).decode()
        + "'"
        for kind in ("style", "script")
    }
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": hashes["style"],
        "script-src": hashes["script"],
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    names = [tag for tag, _ in page.tags]
    first = next(i for i, (tag, a) in enumerate(page.tags) if tag == "meta" and "http-equiv" in a)
    assert first < names.index("style")  # a policy holds only for what follows it


def test_every_picture_has_its_sentence_size_and_bytes() -> None:
    shown = pictures()
    page = Page(write(FACTS, shown))
    flat = [picture for item in shown for picture in getattr(item, "pictures", [item])]
    images = page.all("img")
    assert [image["alt"] for image in images] == [picture.alt for picture in flat]
    for image, picture in zip(images, flat, strict=True):
        assert base64.b64decode((image["src"] or "").partition(",")[2]) == picture.encode("png")
        width, height = (round(150 * inches) for inches in picture.figure.get_size_inches())
        assert (image["width"], image["height"]) == (str(width), str(height))


def test_a_slider_goes_through_all_frames_and_starts_at_the_default() -> None:
    shown = frames(VIEWS["activations"], context())
    assert isinstance(shown, Frames)
    page = Page(write(FACTS, [shown]))
    (slider,) = page.all("input")
    assert (slider["type"], slider["min"], slider["max"], slider["value"]) == ("range", "0", "2", "0")
    (label,) = page.all("label")
    assert label["for"] == slider["id"]
    labels = [a["data-label"] for a in page.all("div") if a.get("class") == "paper"]
    assert labels == ["unit", "mean", "peak"]
    assert "order = mean" in page.text  # without script all frames are seen, each under its value


HOSTILE = "<script>alert(1)</script>\"'&\x00\x1b[31m\ud800"


def test_names_and_paths_are_text_whatever_they_hold() -> None:
    def poison(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key + HOSTILE if key in ("hidden", "keras") else key: poison(v)
                for key, v in value.items()
            }
        if isinstance(value, list) and value and isinstance(value[0], str):
            return [HOSTILE for _ in value]
        return HOSTILE if isinstance(value, str) else value

    facts = poison(FACTS)
    picture = draw(VIEWS["weights"], context(), clip="percentile-99")
    picture.view = picture.alt = picture.parameters["layer"] = HOSTILE
    html = write(facts, [picture])
    page = Page(html)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert b"\x00" not in html
    assert b"\x1b" not in html
    assert "<script>alert(1)</script>" in page.text
    alert = page.all("img")[0]["alt"]
    assert alert is not None
    assert alert.startswith("<script>alert(1)</script>\"'&")


@pytest.mark.parametrize(
    "facts", [{}, {"model": "m"}, {"evaluation": {"accuracy": 0.5}}, {"weights": None}]
)
def test_missing_facts_are_left_out(facts: dict[str, Any]) -> None:
    page = Page(write(facts))
    assert "None" not in page.text
    assert page.all("h1")


def test_a_class_without_images_has_no_percentages() -> None:
    facts = {"evaluation": {"confusion": [[0, 0], [0, 4]], "labels": ["a", "b"]}}
    assert "a00–––" in Page(write(facts)).text


def test_it_is_made_for_dark_rooms_phones_and_paper() -> None:
    page = Page(write(FACTS))
    style = page.inline["style"]
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert "max-width: 36rem" in style
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    assert page.all("html") == [{"lang": "en"}]
