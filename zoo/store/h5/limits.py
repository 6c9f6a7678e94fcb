"""Every limit of the reader, with its reason. Files of the models here stay far below them."""

from __future__ import annotations

MIB = 2**20

FILE = 64 * MIB
"""Largest file that is read when no expected shapes say more."""

SIZE_ROOM = 12 * MIB
"""What a file may hold besides arrays: configuration, history, snapshots of the weights."""

SIZE_SHARE = 8
"""Largest file, in sizes of the weights: optimizers keep up to five arrays for each weight."""

LAYERS_LIMIT = 256
"""Most layers in a file."""

OBJECTS_PER_LAYER = 64
"""Most groups and arrays in one layer."""

OBJECTS_LIMIT = 2048
"""Most objects opened in one file: this bounds the time spent on a hostile one."""

DEPTH_LIMIT = 4
"""Deepest path of an array below the weights: layer, model, layer, variable."""

ATTRIBUTES_LIMIT = 64
"""Most attributes on an object that is opened. None is read; Keras writes at most a handful."""

MAGNITUDE_LIMIT = 1e6
"""Largest weight. Trained weights stay below 100; from about here on float32 sums lose their meaning."""

PROVENANCE_LIMIT = 64 * 1024
"""Largest provenance record, in bytes of JSON."""

HISTORY_LIMIT = 2 * MIB
"""Largest training history, in bytes of JSON: six curves of 10,000 epochs."""

JSON_DEPTH = 16
"""Deepest nesting of these records."""

SNAPSHOTS_LIMIT = 8 * MIB
"""Largest sum of all weight snapshots, in bytes."""

SNAPSHOT_COUNT = 64
"""Most snapshot arrays."""

FAULTS_SHOWN = 8
"""Faults spelled out in one message; the others are counted."""

MEMORY_HEADROOM = 48 * MIB
"""Address space that the HDF5 library may use for a file of unknown origin, beyond its bytes."""

CPU_SECONDS = 1.5
"""Processor time for such a file. An honest one takes about 10 ms."""
