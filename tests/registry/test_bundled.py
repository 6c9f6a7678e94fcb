"""The registry that this project publishes."""

from __future__ import annotations

import hashlib

import pytest

from zoo.registry import bundled_registry, parse_registry


@pytest.fixture(scope="module")
def parsed():
    path = bundled_registry()
    return parse_registry(path.read_bytes(), base=path.parent, origin="of the zoo")


def test_it_has_no_faults(parsed):
    assert parsed.problems == []


def test_mnist_can_be_had_in_two_containers_and_from_several_servers(parsed):
    mnist = next(dataset for dataset in parsed.datasets if dataset.name == "mnist")
    assert {name: fact.shape for name, fact in mnist.arrays.items()} == {
        "x_train": (60000, 28, 28),
        "y_train": (60000,),
        "x_test": (10000, 28, 28),
        "y_test": (10000,),
    }
    assert [container.format for container in mnist.containers] == ["npz", "idx"]
    for container in mnist.containers:
        for file in container.files:
            assert file.artifact.sha256 is None  # the arrays decide, whoever packed them
            assert all(url.endswith("/" + file.artifact.file) for url in file.artifact.urls)


def test_every_published_file_is_pinned(parsed):
    assert parsed.weights
    for entry in parsed.weights:
        assert entry.artifact.size == entry.artifact.limit
        assert entry.artifact.sha256
        assert entry.artifact.urls or entry.artifact.local
        assert entry.published["accuracy"] > 0.9 or "accuracy" not in entry.published
        for url in entry.artifact.urls:
            commit = url.split("/raw/")[1].split("/")[0]
            assert len(commit) == 40  # a branch would move on


@pytest.mark.mnist
def test_the_files_of_the_mirror_are_those_listed(parsed, mirror):
    seen = 0
    for entry in parsed.weights:
        path = mirror / entry.artifact.file
        if path.is_file():
            data = path.read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (
                entry.artifact.size,
                entry.artifact.sha256,
            )
            seen += 1
    assert seen


@pytest.mark.mnist
def test_the_arrays_of_the_mirror_are_those_listed(parsed, mirror):
    import numpy as np

    mnist = next(dataset for dataset in parsed.datasets if dataset.name == "mnist")
    with np.load(mirror / "mnist.npz", allow_pickle=False) as arrays:
        for name, fact in mnist.arrays.items():
            array = arrays[name]
            assert (array.shape, array.dtype) == (fact.shape, np.uint8)
            assert hashlib.sha256(array.tobytes()).hexdigest() == fact.sha256
