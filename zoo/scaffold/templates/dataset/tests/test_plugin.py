"""The conformance kit of the zoo, one test a check, and what only this plugin promises."""

from zoo import Settings, Zoo
from zoo.testing import Check, plugin_checks


@plugin_checks("okapi")
def test_conformance(check: Check) -> None:
    check()


def test_every_class_is_in_both_parts(zoo_settings: Settings) -> None:
    dataset = Zoo(zoo_settings).dataset("okapi")
    for part in ("train", "test"):
        assert set(dataset.examples(part).labels.tolist()) == set(range(10))
