"""Words for the parts of a result that several verbs report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zoo import wording
from zoo.cli.tables import facts, table, wrapped

__all__ = [
    "confusion",
    "drawn",
    "headline",
    "per_class",
    "percent",
    "pictures",
    "sources",
    "title",
    "typed",
]

WIDEST_MATRIX = 12
"""Classes beyond which a confusion matrix no longer fits 80 columns."""


def title(data: Mapping[str, Any]) -> str:
    """``model`` or ``model:preset``."""
    preset = data["preset"]
    return data["model"] if preset == "default" else f"{data['model']}:{preset}"


def percent(value: float | None) -> str:
    """A share of 1 as percent, two places: 10,000 images decide no more."""
    return "–" if value is None else wording.percent(value)


def headline(data: Mapping[str, Any]) -> Iterator[str]:
    """In one line, if the terminal has room: model, dataset, what was measured."""
    evaluation = data["evaluation"]
    accuracy, judge = evaluation.get("accuracy"), evaluation.get("judge")
    measured = []
    if judge and accuracy is not None:  # not the model's own answers: what another makes of its images
        measured.append(
            f"{judge} reads {percent(accuracy)} of the {evaluation['n']:,} images drawn for the test "
            "images as their class"
        )
    elif accuracy is not None:
        measured.append(f"accuracy {percent(accuracy)}")
    if evaluation.get("auc") is not None:
        measured.append(f"ROC AUC {evaluation['auc']:.4f}")
    if evaluation.get("loss") is not None:
        measured.append(f"{'pixel error' if judge else 'loss'} {evaluation['loss']:.4f}")
    if not judge:
        measured.append(f"{evaluation['n']:,} test images")
    if evaluation.get("seconds") is not None:
        measured.append(f"{evaluation['seconds']:.1f} s")
    yield from wrapped(f"{title(data)} on {data['dataset']['name']}: {', '.join(measured)}")


def sources(data: Mapping[str, Any]) -> Iterator[str]:
    """Where weights and data came from, and why."""
    weights = data["weights"]
    dataset = data.get("dataset") or {}
    sha256 = weights.get("sha256")
    yield from facts(
        [
            ("weights", f"{weights['source']}: {weights['reason']}"),
            ("", weights.get("path") or None),
            ("", f"sha256 {sha256}" if sha256 else None),
            ("dataset", _dataset(dataset) if dataset else None),
        ]
    )


def _dataset(dataset: Mapping[str, Any]) -> str:
    split = dataset.get("split")
    where = dataset["name"] + (f", split {split}" if split not in (None, "official") else "")
    return f"{where}: {dataset['reason']}" if dataset.get("reason") else where


def pictures(data: Mapping[str, Any]) -> Iterator[str]:
    """Paths of the pictures with a sentence each, then the report."""
    for view in data["views"]:
        for file in view["files"]:
            yield str(file)
        yield from wrapped(view["alt"], indent=4)
    if data.get("report"):
        yield str(data["report"])
        yield from wrapped("all of them on one page, with the facts of this run", indent=4)


def drawn(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """What the judge reads in images drawn from random numbers; nothing where none were."""
    found = evaluation.get("drawn")
    if not found:
        return
    shares = zip(evaluation["labels"], found["shares"], strict=True)
    yield ""
    judge = evaluation.get("judge") or "the judge"
    which = f"{found['n']:,} images drawn from random numbers (seed {found['seed']})"
    if found["recognised"] is not None:
        yield from wrapped(
            f"{which}: {judge} reads {percent(found['recognised'])} as the class they were meant to show"
        )
        which = "all of them"
    yield from wrapped(
        f"{which}: {judge} reads " + ", ".join(f"{percent(share)} as {label}" for label, share in shares)
    )


def per_class(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """Precision and recall of each class."""
    counts = [sum(row) for row in evaluation["confusion"]]
    rows = [
        (label, f"{count:,}", percent(precision), percent(recall))
        for label, count, precision, recall in zip(
            evaluation["labels"], counts, evaluation["precision"], evaluation["recall"], strict=True
        )
    ]
    yield from table(("CLASS", "IMAGES", "PRECISION", "RECALL"), rows, right=".rrr")


def confusion(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """The confusion matrix: a row for each true class, a column for each answer."""
    labels: Sequence[str] = evaluation["labels"]
    if len(labels) > WIDEST_MATRIX:
        yield f"{len(labels)} classes: too many for a table here; --json has it"
        return
    rows = [(label, *row) for label, row in zip(labels, evaluation["confusion"], strict=True)]
    yield from table(("TRUE", *labels), rows, right="." + "r" * len(labels))


def typed(value: Any) -> str:
    """A value as it is typed on the command line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ",".join(typed(item) for item in value)
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}"
    return str(value)
