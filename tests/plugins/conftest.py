"""Real plugin distributions, installed into a folder of the test by hand."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zoo.plugins import Catalogue, discover
from zoo.settings import Settings

PACKAGES = Path(__file__).parent / "packages"

Install = Callable[..., Path]
Discover = Callable[..., Catalogue]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only folder with distributions that this process sees; its modules are forgotten after."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(
        importlib.metadata,
        "distributions",
        functools.partial(importlib.metadata.distributions, path=[str(folder)]),
    )
    yield folder
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    """Install a package of tests/plugins/packages, or one whose source is given."""

    def install(
        name: str,
        *,
        source: str | None = None,
        distribution: str | None = None,
        version: str = "1.0",
        entries: str | None = None,
        folder: Path = site,
    ) -> Path:
        if source is not None:
            (folder / f"{name}.py").write_text(source, encoding="utf-8")
        elif (PACKAGES / name).is_dir() and not (folder / name).exists():
            shutil.copytree(PACKAGES / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        distribution = distribution or name.replace("_", "-")
        info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n\nName: not this\n"
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        listed = f"{name.replace('_', '-')} = {name}" if entries is None else entries
        text = f"[console_scripts]\nx = y:z\n\n[zoo]\n{listed}\n\n[other]\na = b\n"
        (info / "entry_points.txt").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return info

    return install


@pytest.fixture
def found(site: Path, tmp_path: Path) -> Discover:
    """Discover with the given settings."""

    def found(plugins: str = "", *, strict: bool = False, **rest: object) -> Catalogue:
        settings = Settings(home=tmp_path / "home", plugins=plugins, strict_plugins=strict)
        return discover(settings, **rest)  # type: ignore[arg-type]

    return found
