"""Offers a model that others offer too."""

import zoo


@zoo.hookimpl
def zoo_models():
    return [
        zoo.ModelSpec(
            name="shared",
            summary="of shared_two",
            task="classification",
            factory="shared_two:Model",
            hyperparameters=zoo.NoParameters,
            shapes=lambda values: {"layer/bias": (10,)},
            datasets=("mnist", "digits"),
        )
    ]
