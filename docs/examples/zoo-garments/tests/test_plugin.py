from zoo.testing import plugin_checks


@plugin_checks("garments")
def test_conformance(check):
    check()
