"""The machine that measures, in words and numbers."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["describe", "load_average"]

LIBRARIES = ("digit-zoo", "tensorflow", "keras", "ai-edge-litert", "numpy", "scikit-learn", "matplotlib")


def describe() -> dict[str, Any]:
    """Return processor, cores, memory, system, and the versions of Python and the libraries."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def load_average() -> float:
    """Return how many processes wanted to run in the last minute, on average."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    """Return the model's name and its widest vectors: on these its speed depends."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = dict(line.replace("\t", "").split(":", 1) for line in lines if ":" in line)
    name = facts.get("model name", platform.machine()).strip()
    flags = facts.get("flags", "").split()
    widest = next((word for word in ("avx512f", "avx2", "avx") if word in flags), "")
    return f"{name} ({widest})" if widest else name


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
