"""Train a model of the zoo by its recipe, seed 0.

python zoo_training.py MODEL [--set NAME=VALUE …]
"""

from common import Watch, options, tell

USES_KERAS = ("mlp", "cnn")


def main(model: str, values: dict[str, str]) -> None:
    with Watch() as importing:
        import zoo
        from zoo.api.loading import fit_only

        house = zoo.Zoo()
        if model.partition(":")[0] in USES_KERAS:
            from zoo.modelling.backend import import_keras

            import_keras(house.reporter)
    fitted, _ = fit_only(
        house, house.select(model, values), dataset=house.dataset("mnist"), data="mnist", seed=0
    )
    tell(
        seconds=fitted.seconds,
        import_seconds=importing.seconds,
        accuracy=fitted.metrics["accuracy"],
    )


if __name__ == "__main__":
    chosen = options("model")
    main(chosen.model, dict(item.split("=", 1) for item in chosen.set))
