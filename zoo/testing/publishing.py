"""A registry in a folder, whose files can be had without any network; and entries for any registry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.data.checks import Arrays, check_arrays, hashes_of
from zoo.data.idx import FILES, read_idx
from zoo.data.own import FILE_LIMIT
from zoo.errors import UnavailableError, UsageError, complaint, one_line
from zoo.registry.reading import parse_registry
from zoo.registry.tables import SCHEMA
from zoo.store.files import read_bytes, sha256_of, write_whole
from zoo.store.h5 import write as write_h5

__all__ = ["LocalRegistry", "dataset_entry"]

FILE = "registry.toml"

HEAD = f"schema = {SCHEMA}\n"
"""First line of every registry."""

LABELS = 256
"""Classes there may be at most: a label is one byte."""


class LocalRegistry:
    """Writes a ``registry.toml`` and, beside it, the files that it lists.

    Args:
        folder: Made if it is missing. ``ZOO_REGISTRY`` may name it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries: list[str] = [HEAD]
        self._write()

    @property
    def path(self) -> Path:
        """The ``registry.toml``."""
        return self.folder / FILE

    def add_weights(
        self,
        model: str,
        weights: Mapping[str, NDArray[np.float32]],
        *,
        dataset: str,
        preset: str = "default",
        tag: str = "local",
        config: str | None = None,
    ) -> Path:
        """Publish weights of a model as the default of its preset; return their file.

        Args:
            model: ``small-net`` or ``zoo-small-net/small-net``.
            config: What the model's `config` returns.
        """
        content = write_h5(weights, config=config, provenance=None, history=None, snapshots={})
        name = f"{model.rpartition('/')[2]}-{preset}-{dataset}-{tag}.h5"
        write_whole(self.folder / name, content)
        self._add(
            "[[weights]]",
            model=model,
            preset=preset,
            dataset=dataset,
            tag=tag,
            default=True,
            file=name,
            path=name,
            size=len(content),
            sha256=sha256_of(content),
        )
        return self.folder / name

    def add_dataset(self, name: str, arrays: Mapping[str, NDArray[Any]], *, classes: int = 10) -> Path:
        """Publish the four arrays of a dataset in one npz file; return it.

        Args:
            name: A plugin offers a dataset of this name, without a loader.
            arrays: x_train, y_train, x_test, y_test, such as `tiny_arrays` draws.

        Raises:
            IntegrityError: If they are not the arrays of a dataset.
        """
        checked = check_arrays(arrays, thing=f"dataset {name}", classes=classes)
        file = self.folder / f"{name}.npz"
        np.savez_compressed(file, **checked)  # type: ignore[arg-type]  # the keywords are the arrays
        self._entries.append(_head(name, checked))
        self._add("[[dataset.container]]", format="npz")
        self._add("[[dataset.container.file]]", file=file.name, path=file.name)
        return file

    def _add(self, head: str, **values: object) -> None:
        self._entries.append(_table(head, **values))
        self._write()

    def _write(self) -> None:
        write_whole(self.path, "".join(self._entries).encode())


def dataset_entry(
    folder: Path | str,
    *,
    name: str,
    path: str = "",
    url: str = "",
    prefix: str = "",
    whole: bool = False,
) -> str:
    """Describe the four idx files of a folder as a ``[[dataset]]`` of a ``registry.toml``.

    Args:
        folder: Where they are now.
        name: Of the dataset, as its spec has it.
        path: Folder of the files beside the registry, if they come with the package; ``.`` is that of
            the registry itself.
        url: Where each can be downloaded, up to its file name: ``https://example.org/data/``.
        prefix: Of the names that the files have in mirrors and in the cache, such as ``fashion-``: two
            datasets whose files are called the same cannot share a mirror.
        whole: Begin with ``schema = 1``, as a new file must; without it the entry can be added to one.

    Raises:
        UsageError: If neither path nor url is given, or a registry would refuse the entry.
        UnavailableError: If one of the files is missing.
        IntegrityError: If they are not the arrays of a dataset.
    """
    if not path and not url:
        raise UsageError(f"dataset {name}: give path or url, or nobody knows where its files are")
    arrays: dict[str, NDArray[Any]] = {}
    files: dict[str, str] = {}
    for array, file in FILES.items():
        found = next(
            (p for p in (Path(folder) / f"{file}.gz", Path(folder) / file) if p.is_file()), None
        )
        if found is None:
            raise UnavailableError(complaint(f"dataset {name}", expected=f"{file}.gz in {folder}"))
        data = read_bytes(found, limit=FILE_LIMIT, thing="dataset", follow_links=True)
        arrays[array], files[array] = read_idx(data, array, thing=found.name), found.name
    checked = check_arrays(arrays, thing=f"dataset {name}", classes=LABELS)
    text = _head(name, checked) + _table("[[dataset.container]]", format="idx")
    for array, file in files.items():
        places: dict[str, object] = {}
        if path:
            places["path"] = f"{path.rstrip('/')}/{file}".removeprefix("./")
        if url:
            places["urls"] = [f"{url.rstrip('/')}/{file}"]
        text += _table("[[dataset.container.file]]", array=array, file=f"{prefix}{file}", **places)
    _check_entry(name, f"{HEAD}{text}", Path(folder))
    return f"{HEAD}{text}" if whole else text


def _check_entry(name: str, text: str, base: Path) -> None:
    for problem in parse_registry(text.encode(), base=base, origin="of this entry").problems:
        raise UsageError(one_line(f"dataset {name}: {problem.partition('): ')[2] or problem}"))


def _head(name: str, arrays: Arrays) -> str:
    return _table("[[dataset]]", name=name) + "\n[dataset.arrays]\n" + "".join(_facts(arrays))


def _facts(arrays: Arrays) -> Iterator[str]:
    for array, sha256 in hashes_of(arrays).items():
        shape = json.dumps(list(arrays[array].shape))
        yield f'{array} = {{ shape = {shape}, sha256 = "{sha256}" }}\n'


def _table(head: str, **values: object) -> str:
    # JSON writes text, numbers, lists and truth just as TOML does.
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in values.items()]
    return "".join([f"\n{head}\n", *lines])
