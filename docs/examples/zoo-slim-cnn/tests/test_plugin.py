from zoo.testing import plugin_checks


@plugin_checks("slim-cnn")
def test_conformance(check):
    check()
