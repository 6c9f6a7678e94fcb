"""A zoo of small neural networks that can be trained, evaluated and seen.

Every public name is exported here, once, and loaded on first use, so that importing `zoo` costs
nothing. Plugins import from here only.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoo import imaging as imaging
    from zoo.api.house import Zoo as Zoo
    from zoo.api.loaded import LoadedModel as LoadedModel
    from zoo.api.shortcuts import load as load
    from zoo.api.shortcuts import models as models
    from zoo.api.shortcuts import run as run
    from zoo.data import Examples as Examples
    from zoo.data import TrainingData as TrainingData
    from zoo.errors import IntegrityError as IntegrityError
    from zoo.errors import InvalidValueError as InvalidValueError
    from zoo.errors import PluginError as PluginError
    from zoo.errors import UnavailableError as UnavailableError
    from zoo.errors import UnknownNameError as UnknownNameError
    from zoo.errors import UsageError as UsageError
    from zoo.errors import ZooError as ZooError
    from zoo.evaluation import Evaluation as Evaluation
    from zoo.hookspecs import hookimpl as hookimpl
    from zoo.modelling import History as History
    from zoo.modelling import KerasModel as KerasModel
    from zoo.modelling import Layer as Layer
    from zoo.modelling import LinearModel as LinearModel
    from zoo.modelling import Model as Model
    from zoo.modelling import descent as descent
    from zoo.modelling import flat_network as flat_network
    from zoo.notebook import interact as interact
    from zoo.parameters import Choice as Choice
    from zoo.parameters import Image as Image
    from zoo.parameters import Limit as Limit
    from zoo.parameters import Range as Range
    from zoo.progress import Reporter as Reporter
    from zoo.settings import Settings as Settings
    from zoo.specs import DatasetSpec as DatasetSpec
    from zoo.specs import ModelSpec as ModelSpec
    from zoo.specs import NoParameters as NoParameters
    from zoo.specs import Preset as Preset
    from zoo.specs import Recipe as Recipe
    from zoo.specs import Split as Split
    from zoo.specs import ViewSpec as ViewSpec
    from zoo.views import Picture as Picture
    from zoo.views import ViewContext as ViewContext
    from zoo.views import canvas as canvas

# Where each public name lives; the imports above say the same to type checkers (a test compares).
_HOME = {
    "Choice": "zoo.parameters",
    "DatasetSpec": "zoo.specs",
    "Evaluation": "zoo.evaluation",
    "Examples": "zoo.data",
    "History": "zoo.modelling",
    "Image": "zoo.parameters",
    "IntegrityError": "zoo.errors",
    "InvalidValueError": "zoo.errors",
    "KerasModel": "zoo.modelling",
    "Layer": "zoo.modelling",
    "Limit": "zoo.parameters",
    "LinearModel": "zoo.modelling",
    "LoadedModel": "zoo.api.loaded",
    "Model": "zoo.modelling",
    "ModelSpec": "zoo.specs",
    "NoParameters": "zoo.specs",
    "Picture": "zoo.views",
    "PluginError": "zoo.errors",
    "Preset": "zoo.specs",
    "Range": "zoo.parameters",
    "Recipe": "zoo.specs",
    "Reporter": "zoo.progress",
    "Settings": "zoo.settings",
    "Split": "zoo.specs",
    "TrainingData": "zoo.data",
    "UnavailableError": "zoo.errors",
    "UnknownNameError": "zoo.errors",
    "UsageError": "zoo.errors",
    "ViewContext": "zoo.views",
    "ViewSpec": "zoo.specs",
    "Zoo": "zoo.api.house",
    "ZooError": "zoo.errors",
    "flat_network": "zoo.modelling",
    "hookimpl": "zoo.hookspecs",
    "interact": "zoo.notebook",
    "load": "zoo.api.shortcuts",
    "models": "zoo.api.shortcuts",
    "run": "zoo.api.shortcuts",
}
_MODULES = {"canvas": "zoo.views.canvas", "descent": "zoo.modelling.descent", "imaging": "zoo.imaging"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = importlib.import_module(_MODULES[name])
    elif name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    elif name == "__version__":
        from importlib.metadata import version

        value = version("digit-zoo")
    else:
        raise AttributeError(f"module 'zoo' has no attribute {name!r}")
    globals()[name] = value
    return value


__all__ = [
    *_HOME,
    *_MODULES,
    "__version__",
]


def __dir__() -> list[str]:
    return sorted(__all__)
