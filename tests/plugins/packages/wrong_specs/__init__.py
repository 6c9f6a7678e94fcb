"""Some views are right, others are wrong in one thing each."""

import dataclasses

import zoo

RIGHT = zoo.ViewSpec(name="right", summary="a view", compute="wrong_specs:a", draw="wrong_specs:b")


class Hostile(zoo.ViewSpec):
    @property
    def api(self):
        raise MemoryError("ask me later")


@zoo.hookimpl
def zoo_views():
    return [
        "a view",
        RIGHT,
        dataclasses.replace(RIGHT, name="Wrong Name"),
        dataclasses.replace(RIGHT, name="no-summary", summary=None),
        dataclasses.replace(RIGHT, name="also-right"),
        dataclasses.replace(RIGHT, name="also-right", summary="once more"),
        dataclasses.replace(RIGHT, name="newer", api=2),
    ]
