"""The verbs of `Zoo` about weights that people share: publish, mirror, reproduce, compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from zoo.api.comparing import Comparison
    from zoo.api.house import Zoo
    from zoo.api.mirroring import Mirrored
    from zoo.api.publishing import Published
    from zoo.api.reproducing import Reproduction

__all__ = ["TAG", "TOLERANCE", "Sharing"]

TAG = "own"
"""Of published weights where none is asked for. What the zoo itself publishes has other tags, so
that both can be used."""

TOLERANCE = 0.003
"""Two standard errors of an accuracy near 0.98 on 10,000 images: what another machine's rounding may
change, and nothing else should."""


class Sharing:
    """Part of `zoo.Zoo`; each method imports what it needs."""

    def publish(
        self,
        model: str,
        *,
        to: Path | str,
        tag: str = TAG,
        default: bool = False,
        replace: bool = False,
        graph: bool = False,
        values: Mapping[str, Any] | None = None,
        data: str = "auto",
        weights: str | Path = "auto",
        seed: int | None = None,
    ) -> Published:
        """Add weights and their entry to a registry folder, which any static web server can host.

        The file goes to ``weights/<model>-<preset>-<tag>.h5`` below the folder, byte for byte as it
        was obtained; the entry in ``registry.toml`` says what it scores, measured now. Everything
        else in ``registry.toml`` stays as it is. Nothing outside of the folder is written.

        Args:
            model: ``name`` or ``name:preset``: what the weights are published as.
            to: The folder; made if it is missing.
            tag: Lower-case letters, digits and hyphens.
            default: Make these the ones that are used where none are asked for.
            replace: Allow other bytes than those published under this tag before.
            graph: Also write the inference graph beside the file, for a folder that is part of a
                package: whoever installs it runs these weights without TensorFlow from the start.
            values: Recipe fields to train with instead of the preset's.
            data: As for `load`.
            weights: As for `load`; a path publishes a file of your own.
            seed: As for `load`.

        Raises:
            UsageError: The tag is taken, or the weights are not of this model, preset and dataset.
            IntegrityError: The folder's registry cannot be read.
            ZooError: The folder cannot be written.
        """
        from zoo.api.publishing import publish

        return publish(
            cast("Zoo", self),
            model,
            to=Path(to),
            tag=tag,
            default=default,
            replace=replace,
            graph=graph,
            values=values,
            data=data,
            weights=weights,
            seed=seed,
        )

    def mirror(
        self,
        folder: Path | str,
        *,
        models: Sequence[str] | None = None,
        datasets: Sequence[str] | None = None,
    ) -> Mirrored:
        """Gather what the registries list into one folder, under its file names, all verified.

        ``ZOO_MIRROR`` of other machines may name that folder, or an address that serves it. Files
        that are there and right are kept, so it may be stopped and started again. Of a dataset one
        container is gathered.

        Args:
            folder: Made if it is missing.
            models: Only weights of these, as ``name`` or ``name:preset``; None means all, ``none``
                none.
            datasets: Only these; None means all, ``none`` none.

        Raises:
            UnknownNameError: No such model or dataset.
            ZooError: The folder cannot be written.
        """
        from zoo.api.mirroring import mirror

        return mirror(cast("Zoo", self), Path(folder), models=models, datasets=datasets)

    def reproduce(
        self,
        model: str,
        *,
        weights: str | Path = "auto",
        data: str = "auto",
        tolerance: float = TOLERANCE,
    ) -> Reproduction:
        """Train again as the provenance of weights says, and compare; nothing is kept.

        Args:
            model: ``name`` or ``name:preset``.
            weights: As for `load`; must know how they were trained.
            data: Where their dataset is; by default it is obtained by its name.
            tolerance: Largest difference of a figure, 0..1, that counts as the same.

        Raises:
            UsageError: The weights do not say how they were trained, or not for this model.
            UnavailableError: The images they were trained on cannot be had.
        """
        from zoo.api.reproducing import reproduce

        return reproduce(cast("Zoo", self), model, weights=weights, data=data, tolerance=tolerance)

    def compare(
        self, models: Sequence[str], *, data: str = "auto", weights: str | Path = "auto"
    ) -> Comparison:
        """Measure several models on the same test images: the official ones of one dataset.

        Args:
            models: Each as ``name`` or ``name:preset``.
            data: ``auto``: the first dataset that all of them take and that can be had.
            weights: As for `load`, for each of them.

        Raises:
            UsageError: No dataset is taken by all of them.
        """
        from zoo.api.comparing import compare

        return compare(cast("Zoo", self), models, data=data, weights=weights)
