"""Train the zoo's MLP for an epoch, again and again, while one thing grows.

python zoo_growth.py (images|hidden|batch)
"""

from common import options, tell
from growing import EPOCHS, trials

import zoo
from zoo.api.loading import fit_only
from zoo.modelling.backend import import_keras


def main(what: str, most: int) -> None:
    house = zoo.Zoo()
    dataset = house.dataset("mnist")
    import_keras(house.reporter)
    seconds = {}
    for x, settings in trials(what, most):
        values = {
            "hidden": (settings["hidden"],),
            "batch": settings["batch"],
            "subset": settings["images"],
            "epochs": EPOCHS,
            "validation": 0.0,
            "shift": 0,
        }
        fitted, _ = fit_only(house, house.select("mlp", values), dataset=dataset, data="mnist", seed=0)
        seconds[str(x)] = fitted.seconds
    tell(**seconds)


if __name__ == "__main__":
    chosen = options("what")
    main(chosen.what, chosen.images)
