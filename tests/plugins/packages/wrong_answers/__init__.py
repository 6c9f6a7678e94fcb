"""Three hooks: one raises, one returns None, one is a generator."""

import zoo


@zoo.hookimpl
def zoo_models():
    raise RuntimeError("no models today")


@zoo.hookimpl
def zoo_datasets():
    return None


@zoo.hookimpl
def zoo_views():
    yield zoo.ViewSpec(
        name="lazy", summary="never seen", compute="wrong_answers:a", draw="wrong_answers:b"
    )
