"""A short soak; the long one is `python -m tests.soak --count 50`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import soak

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "count"), [(soak.DOWNLOAD, 6), (soak.TRAINING, 2), (soak.DRAWING, 2)])
def test_row_21_killed_at_random_moments_the_next_run_works(
    tmp_path: Path, kind: str, count: int
) -> None:
    said: list[str] = []
    soak.soaked(tmp_path, kind, count, seed=1, model="ovr", say=said.append)
    assert f"{kind}: {count} of {count} kills, every next run worked, no stray file" in said


def test_row_21_half_a_file_under_its_final_name_would_be_noticed(tmp_path: Path) -> None:
    for name in ("artifacts/00/x.bin", "trained/ovr-0123456789abcdef-0123456789abcdef.h5"):
        path = tmp_path / name / "home" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"half")
        with pytest.raises(AssertionError, match=path.name):
            soak.check_whole(tmp_path / name)
