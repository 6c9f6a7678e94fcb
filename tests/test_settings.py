"""Settings come from the environment; what is said explicitly wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.errors import InvalidValueError
from zoo.settings import Settings


def test_everything_is_read_from_the_environment(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "ZOO_HOME": str(tmp_path),
            "ZOO_OFFLINE": "1",
            "ZOO_MIRROR": "/classroom",
            "ZOO_REGISTRY": "https://example.org/registry.toml",
            "ZOO_PLUGINS": "-slow",
            "ZOO_STRICT_PLUGINS": "yes",
            "ZOO_DOWNLOAD_SECONDS": "90",
        }
    )
    assert settings == Settings(
        home=tmp_path,
        offline=True,
        mirror="/classroom",
        registry="https://example.org/registry.toml",
        plugins="-slow",
        strict_plugins=True,
        download_seconds=90,
    )


def test_what_is_said_wins_over_the_environment(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {"ZOO_HOME": "/elsewhere", "ZOO_OFFLINE": "1"}, home=tmp_path, offline=False, mirror=None
    )
    assert settings == Settings(home=tmp_path, offline=False)


def test_an_empty_variable_says_nothing() -> None:
    settings = Settings.from_environment({"ZOO_HOME": "", "ZOO_MIRROR": "", "ZOO_OFFLINE": ""})
    assert settings.home is None
    assert settings.folder.name == "digit-zoo"
    assert settings.mirror is None
    assert not settings.offline


def test_a_switch_that_is_neither_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"^ZOO_OFFLINE: expected 1 or 0, got 'perhaps'$"):
        Settings.from_environment({"ZOO_HOME": "/x", "ZOO_OFFLINE": "perhaps"})


def test_a_missing_home_matters_only_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("platformdirs.user_cache_path", none)
    settings = Settings.from_environment({})
    with pytest.raises(InvalidValueError, match=r"^no home folder was found; set ZOO_HOME to a folder$"):
        _ = settings.folder


def test_a_relative_home_is_made_absolute() -> None:
    assert Settings.from_environment({"ZOO_HOME": "here"}).home == Path.cwd() / "here"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "86401", "ten", "²", "9" * 5000])
def test_seconds_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="ZOO_DOWNLOAD_SECONDS: expected whole seconds in 1"):
        Settings.from_environment({"ZOO_HOME": "/x", "ZOO_DOWNLOAD_SECONDS": text})
