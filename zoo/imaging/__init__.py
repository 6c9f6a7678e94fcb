"""Images: a drawing or photo in MNIST form; shifted, turned, scaled and noisy images; one check."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoo.imaging.checks import check_images as check_images
    from zoo.imaging.form import to_mnist_form as to_mnist_form
    from zoo.imaging.moving import noise as noise
    from zoo.imaging.moving import rotate as rotate
    from zoo.imaging.moving import shift as shift
    from zoo.imaging.moving import zoom as zoom
    from zoo.imaging.reading import read_image as read_image

_HOME = {
    "check_images": "checks",
    "noise": "moving",
    "read_image": "reading",
    "rotate": "moving",
    "shift": "moving",
    "to_mnist_form": "form",
    "zoom": "moving",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
