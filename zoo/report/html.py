"""A few tools for HTML: text is escaped unless it is already markup."""

from __future__ import annotations

import html
from collections.abc import Iterable

__all__ = ["Markup", "element", "join"]

VOID = frozenset({"img", "input", "link", "meta"})


class Markup(str):
    """Text that is HTML already; all other text is escaped where it is put into a page."""

    __slots__ = ()


def element(tag: str, *content: str | Markup, **attributes: str | int | None) -> Markup:
    """Make one element; an attribute ``data_label`` becomes ``data-label``, ``class_`` ``class``.

    >>> element("p", "1 < 2", class_="lead")
    '<p class="lead">1 &lt; 2</p>'
    """
    text = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{text}>")
    return Markup(f"<{tag}{text}>{join(content)}</{tag}>")


def join(parts: Iterable[str | Markup]) -> Markup:
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def escape(text: str) -> str:
    """Escape for text and attributes; what no HTML file may hold becomes a visible mark."""
    if not text.isprintable():  # a whole picture in base64 is looked at here, not character by character
        text = "".join(
            c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text
        )
    return html.escape(text, quote=True)
