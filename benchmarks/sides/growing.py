"""What is tried in turn by both sides of a growth: training images, hidden units, images a step."""

IMAGES, HIDDEN, BATCH = 60_000, 64, 128
"""What is kept where another thing grows."""

EPOCHS = 1

TRIED = {
    "images": (1_000, 2_000, 5_000, 10_000, 30_000, 60_000),
    "hidden": (16, 64, 256, 1_024),
    "batch": (16, 32, 64, 128, 256, 1_024),
}


def trials(what: str, most: int) -> list[tuple[int, dict[str, int]]]:
    """Return (x, settings) of each training, of at most so many images.

    The first stands there twice: what a process does only once is then not counted.
    """
    base = {"images": min(IMAGES, most), "hidden": HIDDEN, "batch": BATCH}
    found = [(x, base | {what: x}) for x in TRIED[what] if what != "images" or x <= most]
    return [found[0], *found]
