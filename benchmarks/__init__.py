"""Benchmarks: each figure compares the zoo with the straightforward way, measured in turn.

`python -m benchmarks` measures everything, keeps it in ``results.json`` and writes docs/performance.md
from that. What the processes run is in ``sides/``, what is compared in ``rows.py``.
"""
