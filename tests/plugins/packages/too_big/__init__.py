"""A model of 10⁹ parameters beside one of ten."""

import dataclasses

import zoo


@zoo.hookimpl
def zoo_models():
    small = zoo.ModelSpec(
        name="small",
        summary="ten weights",
        task="classification",
        factory="too_big:Model",
        hyperparameters=zoo.NoParameters,
        shapes=lambda values: {"layer/bias": (10,)},
        datasets=("mnist", "digits"),
    )
    return [
        dataclasses.replace(
            small, name="huge", shapes=lambda values: {"layer/kernel": (1_000_000, 1000)}
        ),
        small,
    ]
