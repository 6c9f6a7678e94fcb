from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.conftest import House
from zoo.data import identity, is_at_hand
from zoo.data.facts import npy_header


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=4).map(tuple))
def test_numpy_reads_the_header(shape: tuple[int, ...]) -> None:
    header = npy_header(shape)
    assert len(header) % 64 == 0
    assert np.lib.format.read_array_header_1_0(io.BytesIO(header[8:])) == (shape, False, np.dtype("|u1"))


@pytest.mark.parametrize("shape", [(60_000, 28, 28), (10_000,), (1437, 28, 28), (1,)])
def test_the_header_is_the_one_numpy_writes(shape: tuple[int, ...]) -> None:
    stream = io.BytesIO()
    words = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, words)
    assert stream.getvalue() == npy_header(shape)


def test_identity_is_known_before_and_is_the_dataset_s(house: House) -> None:
    house.fill_mirror()
    for name in ("tiny", "home", "some-plugin/tiny"):
        known = identity(name, catalogue=house.catalogue, registry=house.registry)
        assert known == house.obtain(name).sha256
    house.pinned = False
    assert identity("home", catalogue=house.catalogue, registry=house.registry) is None


def test_at_hand_is_what_needs_no_download(house: House) -> None:
    def asked(name: str) -> bool:
        return is_at_hand(
            name, catalogue=house.catalogue, registry=house.registry, folders=house.folders
        )

    house.fill_mirror()
    assert asked("home")
    assert not asked("tiny")
    path = house.obtain("tiny").path
    assert path is not None
    assert asked("tiny")
    (path / "y_train.npy").unlink()
    assert not asked("tiny")


def test_asking_for_identity_imports_nothing_heavy() -> None:
    code = (
        "import sys; from zoo.data import identity, is_at_hand; "
        "print(sorted({'numpy', 'PIL', 'requests', 'h5py'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
