"""Ten kinds of garments in the place of ten digits; registry.toml says where the images are."""

from zoo import DatasetSpec, hookimpl

LABELS = "t-shirt, trousers, pullover, dress, coat, sandal, shirt, sneaker, bag, boot"


@hookimpl
def zoo_datasets():
    spec = DatasetSpec(
        name="garments",
        summary="600 coarse drawings of ten kinds of garments",
        classes=10,
        counts=(500, 100),
        labels=tuple(LABELS.split(", ")),
        licence="MIT",
    )
    return [spec]
