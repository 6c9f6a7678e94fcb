"""Names of snapshots as names of links: a link name cannot hold a slash."""

from __future__ import annotations

__all__ = ["decode_name", "encode_name"]


def encode_name(name: str) -> str:
    """Write ``%`` as ``%25`` and ``/`` as ``%2F``."""
    return name.replace("%", "%25").replace("/", "%2F")


def decode_name(name: str) -> str:
    """Undo `encode_name`."""
    return name.replace("%2F", "/").replace("%25", "%")
