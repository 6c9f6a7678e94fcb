"""Fixtures of the zoo for the tests here: `tiny_zoo`, `tiny_dataset`, `no_network` and others."""

pytest_plugins = ["zoo.testing.fixtures"]
