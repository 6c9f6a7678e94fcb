"""One plugin, alone: import it, find and call its hooks, keep the specs that are right."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pluggy

from zoo.errors import close_matches, complaint, one_line
from zoo.plugins.catalogue import Plugin, Problem, Spec
from zoo.plugins.checks import faults_of
from zoo.plugins.entries import Entry
from zoo.plugins.fields import is_name, kind_of
from zoo.plugins.guard import Broken, Watch, attempt, clean_stdout
from zoo.plugins.hooks import Manager, misuses
from zoo.plugins.resolving import load_object
from zoo.specs import DatasetSpec, ModelSpec, Preset, Split, ViewSpec

__all__ = ["ALL_KINDS", "HEAVY", "Loaded", "load"]

T = TypeVar("T")

HEAVY = (
    *("tensorflow", "keras", "torch", "jax"),
    *("numpy", "scipy", "sklearn", "h5py", "matplotlib", "requests"),
)
"""Libraries that a plugin module must not import: listing models would become slow for everyone."""

KINDS: Mapping[str, tuple[str, type[ModelSpec] | type[DatasetSpec] | type[ViewSpec]]] = {
    "zoo_models": ("model", ModelSpec),
    "zoo_datasets": ("dataset", DatasetSpec),
    "zoo_views": ("view", ViewSpec),
}
"""Hook → what its specs are called and are."""

ALL_KINDS = tuple(kind for kind, _ in KINDS.values())
"""What plugins can be asked for."""

SPECS = {kind.__name__: kind for kind in (ModelSpec, DatasetSpec, ViewSpec, Preset, Split)}
"""What plugins make in their hooks."""

_UNEXPECTED = re.compile(
    rf"(?P<spec>{'|'.join(SPECS)})\.__init__\(\) got an unexpected keyword argument '(?P<field>\w+)'"
)

SPEC_LIMIT = 500
"""Specs of one hook: more than a table for people can show."""

FAULT_LIMIT = 5
"""Faults of one spec that are told at once."""


@dataclass
class Loaded:
    """What one plugin gave: facts about it, its right specs by kind, and everything wrong with it.

    Attributes:
        unasked: It has hooks that were not called, so that what it offers is not known in full.
    """

    plugin: Plugin
    specs: dict[str, list[Spec]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unasked: bool = False


def load(entry: Entry, watch: Watch, kinds: Collection[str] = ALL_KINDS) -> Loaded:
    """Load one plugin and call its hooks for these kinds of specs.

    Never raises because of it, except that Ctrl-C passes.
    """
    loader = _Loader(entry, watch, kinds)
    with clean_stdout():  # once for all the steps: each of them would cost as much
        loader.load()
    module = entry.target.partition(":")[0]
    plugin = Plugin(entry.name, module, entry.distribution, entry.version, **loader.facts)
    return Loaded(plugin, loader.specs, loader.problems, loader.unasked)


class _Loader:
    """The state of loading one entry: `facts` become its `Plugin`, `problems` its problems."""

    def __init__(self, entry: Entry, watch: Watch, kinds: Collection[str]) -> None:
        self.entry = entry
        self.watch = watch
        self.kinds = kinds
        self.unasked = False
        self.facts: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.specs: dict[str, list[Spec]] = {kind: [] for kind, _ in KINDS.values()}

    def run(self, words: str, call: Callable[[], T]) -> T:
        """Call foreign code: contained, with clean stdout, its name said if it hangs."""
        with self.watch.step(lambda: self.patience(words)):
            return attempt(call)

    def patience(self, words: str) -> str:
        return complaint(
            f"plugin {self.entry.label} is taking long: {words}",
            do=f"stop with Ctrl-C and set ZOO_PLUGINS=-{self.entry.name} to go on without it",
        )

    def problem(self, stage: Any, text: str, dropped: str = "", broken: Broken | None = None) -> None:
        self.problems.append(Problem(stage, one_line(text), dropped))
        if broken is not None:
            self.facts.setdefault("traceback", broken.traceback)

    def load(self) -> None:
        if self.entry.fault:
            self.problem("import", self.entry.fault)
            return
        before = {name for name in HEAVY if name in sys.modules}
        try:
            plugin = self.run("importing it", lambda: load_object(self.entry.target))
        except Broken as broken:
            self.problem("import", str(broken), broken=broken)
        else:
            self.hooks(plugin)
        self.facts["heavy"] = tuple(name for name in HEAVY if name in sys.modules and name not in before)

    def hooks(self, plugin: object) -> None:
        try:
            self.facts["registry"] = self.run("finding its registry", lambda: _registry_of(plugin))
            misused = self.run("looking for its hooks", lambda: misuses(plugin))
            manager = Manager(misused)
            self.run("registering it", lambda: manager.hold(plugin, self.entry.name))
        except Broken as broken:
            self.problem("hook", f"its hooks cannot be read: {broken}", broken=broken)
            return
        for text in misused.values():
            self.problem("hook", text)
        hooks = [name for name in KINDS if getattr(manager.hook, name).get_hookimpls()]
        if not hooks and not misused:
            self.problem("hook", "it offers nothing: no function of it is marked with @zoo.hookimpl")
        self.facts["hooks"] = tuple(hooks)
        for name in hooks:
            if KINDS[name][0] in self.kinds:
                self.call(name, getattr(manager.hook, name))
            else:
                self.unasked = True

    def call(self, name: str, caller: pluggy.HookCaller) -> None:
        try:
            answers = self.run(f"calling {name}()", caller)
        except Broken as broken:
            self.problem("hook", f"{name}(): {broken}{_meant(broken.__cause__)}", broken=broken)
            return
        if len(answers) < len(caller.get_hookimpls()):  # pluggy leaves out every None
            self.problem("hook", complaint(f"{name}()", expected="a list", got="None"))
        for answer in answers:
            if not isinstance(answer, list):
                self.problem("hook", complaint(f"{name}()", expected="a list", got=kind_of(answer)))
                if inspect.iscoroutine(answer):
                    answer.close()  # or Python warns later that it was never awaited
                continue
            specs = list.copy(answer)  # of a subclass, only what it holds counts
            if len(specs) > SPEC_LIMIT:
                expected = f"at most {SPEC_LIMIT} specs"
                self.problem("hook", complaint(f"{name}()", expected=expected, got=str(len(specs))))
                continue
            for spec in specs:
                self.keep(name, spec)

    def keep(self, hook: str, spec: object) -> None:
        kind, wanted = KINDS[hook]
        if not isinstance(spec, wanted):
            words = complaint(f"{hook}()", expected=f"{wanted.__name__} items", got=kind_of(spec))
            self.problem("spec", words)
            return
        name, title = "", f"a {kind}"
        try:
            name = self.run(f"checking {title}", lambda: spec.name if is_name(spec.name) else "")
            title = f"{kind} {name!r}" if name else f"a {kind} without a usable name"
            faults = self.run(f"checking {title}", lambda: faults_of(spec))
        except Broken as broken:
            faults = [f"it cannot be checked: {broken}"]
        if faults:
            more = len(faults) - FAULT_LIMIT
            shown = faults[:FAULT_LIMIT] + ([f"{more} more faults"] if more > 0 else [])
            self.problem("spec", f"{title}: {'; '.join(shown)}", f"{kind} {name}" if name else "")
        elif any(name == other.name for other in self.specs[kind]):
            self.problem("spec", f"{title}: it is offered twice; the first one counts")
        else:
            self.specs[kind].append(spec)


def _meant(error: BaseException | None) -> str:
    """Where a spec was given a field that it does not have, say which was meant."""
    match = _UNEXPECTED.search(str(error)) if isinstance(error, TypeError) else None
    if match is None:
        return ""
    fields = [field.name for field in dataclasses.fields(SPECS[match["spec"]])]
    close = close_matches(match["field"], fields)
    return f"; did you mean {' or '.join(close)}?" if close else f"; fields: {', '.join(fields)}"


def _registry_of(plugin: object) -> Path | None:
    """Find ``registry.toml`` in the folder of the plugin's package.

    Beside a lone module it would be in site-packages, where it could be anyone's.
    """
    if inspect.ismodule(plugin):
        name = plugin.__name__
    else:
        named = inspect.isclass(plugin) or inspect.isroutine(plugin)
        name = plugin.__module__ if named else type(plugin).__module__
    spec = getattr(sys.modules.get(name), "__spec__", None)
    if spec is None or not spec.parent or not spec.origin:
        return None
    path = Path(spec.origin).parent / "registry.toml"
    return path if path.is_file() else None
