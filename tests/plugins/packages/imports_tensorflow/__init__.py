"""A plugin that is right, but heavy."""

import tensorflow as tf  # noqa: F401 - the tests put an empty module of this name on the path

import zoo


@zoo.hookimpl
def zoo_views():
    return [
        zoo.ViewSpec(
            name="heavy", summary="a view", compute="imports_tensorflow:a", draw="imports_tensorflow:b"
        )
    ]
