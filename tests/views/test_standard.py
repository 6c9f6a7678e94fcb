from __future__ import annotations

import os
import subprocess
import sys

import pytest

from zoo.parameters import describe
from zoo.plugins import resolve
from zoo.views.standard import zoo_views

HEAVY = ("numpy", "matplotlib", "PIL", "h5py", "keras", "tensorflow", "requests", "rich")


@pytest.mark.parametrize("module", ["zoo.views", "zoo.views.standard", "zoo.report", "zoo.report.page"])
def test_declarations_import_nothing_heavy(module: str) -> None:
    code = f"import {module}, sys; print([name for name in {HEAVY} if name in sys.modules])"
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("view", zoo_views(), ids=lambda view: view.name)
def test_every_view_leads_to_its_two_steps(view: object) -> None:
    for reference in (view.compute, view.draw):  # type: ignore[attr-defined]
        assert callable(resolve(reference, plugin="views"))
    parameters = describe(view.parameters)  # type: ignore[attr-defined]
    assert all(parameter.help for parameter in parameters)
    frames = view.frames  # type: ignore[attr-defined]
    assert frames is None or frames in {parameter.name for parameter in parameters}


def test_compute_needs_no_matplotlib() -> None:
    code = (
        "from tests.views.fakes import DRAWN, context\n"
        "from zoo.plugins import resolve\n"
        "import sys\n"
        "for offer in DRAWN.values():\n"
        "    resolve(offer.spec.compute, plugin='views')(context(), offer.spec.parameters())\n"
        "print('matplotlib' in sys.modules)\n"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
    )
    assert done.stdout == "False\n"
