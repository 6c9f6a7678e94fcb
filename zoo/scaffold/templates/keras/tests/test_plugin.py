"""The conformance kit of the zoo, one test a check, and what only this plugin promises."""

from zoo.testing import Check, TinyZoo, plugin_checks


@plugin_checks("okapi")
def test_conformance(check: Check) -> None:
    check()


def test_it_learns_the_tiny_dataset(tiny_zoo: TinyZoo) -> None:
    run = tiny_zoo.run("okapi", seed=0)
    assert run.evaluation is not None
    assert run.evaluation.accuracy is not None
    assert run.evaluation.accuracy > 0.8
