"""The conformance kit of the zoo, one test a check, and what only this plugin promises."""

from zoo.testing import Check, TinyZoo, plugin_checks, sample_context


@plugin_checks("okapi")
def test_conformance(check: Check) -> None:
    check()


def test_there_is_a_map_for_each_class(tiny_zoo: TinyZoo) -> None:
    from zoo_okapi import Parameters
    from zoo_okapi.view import compute

    context = sample_context()
    assert compute(context, Parameters()).images.shape == (len(context.labels), 28, 28)
    assert tiny_zoo.catalogue.view("okapi").spec.needs == ("data",)
