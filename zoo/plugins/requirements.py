"""How pip gets an installed distribution again: from an index, or from where it was installed."""

from __future__ import annotations

import importlib.metadata
import json
from typing import Any

__all__ = ["LOCAL", "requirement"]

LOCAL = "file:"
"""In a requirement that only this machine can meet."""


def requirement(distribution: str, version: str) -> str:
    """Return a line for ``pip install -r``.

    pip records where a distribution came from if that was no index, in ``direct_url.json``
    (`PEP 610 <https://peps.python.org/pep-0610/>`_): a folder, an archive or a repository.
    """
    recorded = _recorded(distribution, version)
    url = recorded.get("url")
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return f"{distribution}=={version}" if version else distribution
    if _table(recorded, "dir_info").get("editable") is True:
        return f"-e {url}"
    vcs = _table(recorded, "vcs_info")
    if isinstance(vcs.get("vcs"), str) and isinstance(vcs.get("commit_id"), str):
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    folder = recorded.get("subdirectory")
    return f"{distribution} @ {url}" + (f"#subdirectory={folder}" if isinstance(folder, str) else "")


def _recorded(name: str, version: str) -> dict[str, Any]:
    try:
        distribution = importlib.metadata.distribution(name)
        if distribution.version != version:
            return {}
        found = json.loads(distribution.read_text("direct_url.json") or "{}")
    except (importlib.metadata.PackageNotFoundError, ValueError):  # not UTF-8, or not JSON
        return {}
    return found if isinstance(found, dict) else {}


def _table(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}
