"""Checks of the plugin as a whole: what happens before any of its models is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zoo.errors import close_matches, one_line
from zoo.plugins import bare, requires_of, resolve
from zoo.plugins.checks import faults_of
from zoo.plugins.entries import OWN
from zoo.plugins.fields import is_name
from zoo.plugins.guard import Broken, attempt
from zoo.specs import RESERVED, Artifact, DatasetSpec, ModelSpec, ViewSpec
from zoo.testing.bench import Bench
from zoo.testing.outcomes import MORE, FailedError, SkippedError
from zoo.testing.probe import Probed, probe
from zoo.views.capabilities import FOLLOWING, FROM_THE_RUN, OFFERED

__all__ = ["CHECKS"]

ALIKE = 0.85
"""How like a known capability a name must be to count as a slip of the pen: one letter or two."""

NAMING = ("name", "presets.name", "splits.name")
"""Fields that hold names; `names` tells their faults, `spec_fields` those of all others."""


def imports(bench: Bench) -> None:
    """The module can be imported, and its hooks return lists of specs."""
    for problem in bench.plugin.problems:
        if problem.stage in ("import", "hook"):
            where = bench.entry.target or bench.entry.name
            trace = bench.plugin.traceback
            more = f"; {MORE}" if trace and ";" not in problem.text else ""
            raise FailedError(f"{where}: {problem.text}{more}", trace)


def light_import(bench: Bench) -> None:
    """Importing the module and calling its hooks loads no large library."""
    seen = _probed(bench)
    for libraries, when in ((seen.at_import, "importing it"), (seen.in_hooks, "calling its hooks")):
        if libraries:
            raise FailedError(
                f"{bench.entry.target}: {when} imports {', '.join(libraries)}, which makes every "
                "`zoo list` slow; import it inside the functions that use it, or in another module "
                "that the spec names by a string"
            )


def clean_stdout(bench: Bench) -> None:
    """Importing the module and calling its hooks prints nothing."""
    seen = _probed(bench)
    if seen.printed:
        raise FailedError(
            f"{bench.entry.target} prints {seen.printed!r}, and stdout is for results; take the "
            "print away, or log it"
        )


def spec_fields(bench: Bench) -> None:
    """Every field of every spec is of its type and within its limits."""
    faults = []
    for spec in bench.raw_specs:
        found = [fault for fault in _faults(spec) if fault.partition(":")[0] not in NAMING]
        faults += [f"{_title(spec)}: {fault}{_hashes(bench, spec, fault)}" for fault in found]
    if not any(map(_faults, bench.raw_specs)):  # what only discovery sees: doubles, strangers
        faults += [problem.text for problem in bench.plugin.problems if problem.stage == "spec"]
    if faults:
        raise FailedError("; ".join(faults))


def names(bench: Bench) -> None:
    """Names are lower case with single hyphens, and not those of the zoo's own plugins."""
    faults = []
    if not is_name(bench.entry.name):
        faults.append(f"entry point {bench.entry.name!r}: write it in lower case with single hyphens")
    if bench.entry.name in RESERVED["plugin"]:
        faults.append(
            f"entry point {bench.entry.name!r}: ZOO_PLUGINS means something else by it; choose another"
        )
    for spec in bench.raw_specs:
        found = [fault for fault in _faults(spec) if fault.partition(":")[0] in NAMING]
        faults += [f"{_title(spec)}: {fault}" for fault in found]
    if bench.entry.distribution != OWN:
        taken = {
            (type(offer.spec), offer.spec.name)
            for offers in (bench.catalogue.models, bench.catalogue.datasets, bench.catalogue.views)
            for offer in offers
            if offer.plugin.distribution == OWN
        }
        faults += [
            f"{_title(spec)}: the zoo itself has one of this name, which hides this one; choose another"
            for spec in bench.raw_specs
            if isinstance(spec.name, str) and (type(spec), spec.name) in taken
        ]
    if faults:
        raise FailedError("; ".join(faults))


def references(bench: Bench) -> None:
    """The datasets, views, models and capabilities that a spec names exist."""
    catalogue = bench.catalogue
    known = {
        "dataset": {offer.spec.name for offer in catalogue.datasets},
        "view": {offer.spec.name for offer in catalogue.views},
        "model": {offer.spec.name for offer in catalogue.models},
    }
    faults = []
    for offer in bench.own(catalogue.models):
        spec = offer.spec
        title = f"model {spec.name}"
        faults += _unknown(title, "default_views", "view", spec.default_views, known)
        required = requires_of(spec, spec.hyperparameters())
        faults += _unknown(title, "requires", "model", map(bare, required), known)
        faults += _unknown(title, "judge", "model", (bare(spec.judge),) if spec.judge else (), known)
        missing = _unknown(title, "datasets", "dataset", spec.datasets, known)
        if len(missing) == len(spec.datasets):  # others may be of plugins that are not installed
            faults += missing
    faults += _capabilities(bench)
    if faults:
        raise FailedError("; ".join(faults))


def registry(bench: Bench) -> None:
    """The plugin's registry.toml is right, and lists only its own models and datasets."""
    if bench.plugin.registry is None:
        raise SkippedError("it has no registry.toml")
    mine = f"of plugin {bench.plugin.label}"
    own = "of the zoo" if bench.plugin.distribution == OWN else mine
    origin = own if bench.plugin.distribution == OWN else mine
    problems = [text for text in bench.registry.problems if mine in text or own in text]
    problems += [
        f"{artifact.file}: there is no file at its path, and it has no urls"
        for artifact in _listed(bench, origin)
        if not artifact.urls and artifact.local is None
    ]
    if problems:
        raise FailedError(
            f"{'; '.join(problems)}; correct these entries of {bench.plugin.registry.name}"
        )


CHECKS = (imports, light_import, clean_stdout, spec_fields, names, references, registry)


def _probed(bench: Bench) -> Probed:
    if bench.entry.fault:
        raise SkippedError(bench.entry.fault)
    seen = probe(bench.entry)
    if seen.ended and any(problem.stage == "import" for problem in bench.plugin.problems):
        raise SkippedError(f"it cannot be imported ({seen.ended})")
    if seen.ended:
        raise FailedError(
            f"{bench.entry.target} cannot be imported in a process of its own: {seen.ended}; "
            "whatever it needs belongs into its dependencies"
        )
    return seen


def _faults(spec: ModelSpec | DatasetSpec | ViewSpec) -> list[str]:
    try:
        return attempt(lambda: faults_of(spec))
    except Broken as broken:
        return [f"it cannot be checked: {broken}"]


def _title(spec: ModelSpec | DatasetSpec | ViewSpec) -> str:
    kind = {ModelSpec: "model", DatasetSpec: "dataset", ViewSpec: "view"}[type(spec)]
    return one_line(f"{kind} {spec.name!r}", 80)


def _unknown(
    title: str, field: str, kind: str, wanted: Iterable[str], known: dict[str, set[str]]
) -> list[str]:
    faults = []
    for name in wanted:
        if name.rpartition("/")[2] not in known[kind]:
            close = close_matches(name, known[kind])
            hint = f"did you mean {' or '.join(close)}?" if close else "correct it, or leave it out"
            faults.append(f"{title}: {field}: no plugin offers a {kind} {name!r}; {hint}")
    return faults


def _capabilities(bench: Bench) -> list[str]:
    """Find needs that nothing installed meets, and offers that look like a slip of the pen."""
    known = {*OFFERED, *FOLLOWING, *FROM_THE_RUN}
    offered = {name for offer in bench.catalogue.models for name in offer.spec.offers}
    needed = {name for offer in bench.catalogue.views for name in offer.spec.needs}
    faults = []
    for view in bench.own(bench.catalogue.views):
        for name in view.spec.needs:
            if name not in known | offered:
                close = close_matches(name, known | offered)
                hint = (
                    f"did you mean {' or '.join(close)}?"
                    if close
                    else f"known: {', '.join(sorted(known))}"
                )
                faults.append(
                    f"view {view.spec.name}: needs: no installed model offers {name!r}; {hint}"
                )
    for model in bench.own(bench.catalogue.models):
        for name in model.spec.offers:
            if name in known or name in needed:
                continue
            close = close_matches(name, known, cutoff=ALIKE)
            if close:
                faults.append(
                    f"model {model.spec.name}: offers: there is no capability {name!r}, and no view "
                    f"needs it; did you mean {' or '.join(close)}?"
                )
    return faults


def _listed(bench: Bench, origin: str) -> Iterator[Artifact]:
    for entry in bench.registry.weights:
        if origin in entry.origin:
            yield entry.artifact
    for dataset in bench.registry.datasets:
        if origin in dataset.origin:
            yield from (f.artifact for container in dataset.containers for f in container.files)


def _hashes(bench: Bench, spec: ModelSpec | DatasetSpec | ViewSpec, fault: str) -> str:
    """Where hashes are asked for, tell them: nobody computes them by hand."""
    if not isinstance(spec, DatasetSpec) or not fault.startswith("sha256") or spec.loader is None:
        return ""
    from zoo.data.checks import check_arrays, hashes_of

    try:
        loader = resolve(spec.loader, plugin=bench.entry.name)
        arrays = check_arrays(loader(), thing=spec.name, classes=spec.classes)  # type: ignore[operator]
    except Exception:  # another check tells it
        return ""
    return f"; those of its arrays are {hashes_of(arrays)}"
