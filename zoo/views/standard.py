"""The views that fit many models, offered through the same hook as anyone's."""

from __future__ import annotations

from zoo.hookspecs import hookimpl
from zoo.specs import ViewSpec

__all__ = ["zoo_views"]


@hookimpl
def zoo_views() -> list[ViewSpec]:
    # here, so that commands that draw nothing do without forty declarations
    from zoo.views.declared import company, maps, measured, questions, structure, units

    return [
        *structure.VIEWS,
        *units.VIEWS,
        *maps.VIEWS,
        *questions.VIEWS,
        *measured.VIEWS,
        *company.VIEWS,
    ]
