"""Hooks that are never called as they stand, and one that is."""

import zoo


@zoo.hookimpl
def zoo_modles():
    return []


def zoo_dataset():
    return []


@zoo.hookimpl
def zoo_views(catalogue):
    return []


@zoo.hookimpl(optionalhook=True)
def zoo_sounds():
    return []


@zoo.hookimpl(specname="zoo_views")
def more():
    return [zoo.ViewSpec(name="survivor", summary="a view", compute="misspelt:a", draw="misspelt:b")]


def zoo_helper():
    """Not meant as a hook."""
