"""The kit: every check of a plugin as an object with a name, and all of them in one call."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from zoo.errors import UsageError, one_line, unknown
from zoo.plugins import Offer
from zoo.plugins.entries import OWN
from zoo.plugins.guard import Watch
from zoo.progress import LoggingReporter, Reporter
from zoo.settings import Settings
from zoo.testing.bench import Bench
from zoo.testing.blame import place, told
from zoo.testing.limits import PATIENCE, OverdueError, limited, taking_long
from zoo.testing.located import visible
from zoo.testing.outcomes import MORE, FailedError, Report, Result, SkippedError, Status
from zoo.testing.probe import PATIENCE as PROBE_LIMIT
from zoo.testing.probe import Probed, probe

__all__ = ["Check", "check_plugin", "checks_of"]

TEXT_LIMIT = 1_200
"""Characters of one message: a few faults with what to do about them."""


@dataclass(frozen=True)
class Check:
    """One rule, to be checked on one thing.

    Call it: it returns where the rule is kept, else raises `FailedError`, whose message says what to
    do, or `SkippedError`.

    Attributes:
        name: Of the rule, such as ``same-seed``.
        subject: What it is checked on: the name of the plugin, or of a model, dataset or view of it.
        summary: The rule in one line.
    """

    name: str
    subject: str
    summary: str
    _function: Callable[[], None]

    @property
    def id(self) -> str:
        """``same-seed[small-net]``."""
        return f"{self.name}[{self.subject}]"

    def __call__(self) -> None:
        """Check it.

        Raises:
            FailedError: The rule is broken.
            SkippedError: It does not apply, or something is not there.
        """
        try:
            with limited():
                self._function()
        except FailedError as error:
            raise FailedError(one_line(str(error), TEXT_LIMIT), error.trace) from error.__cause__
        except SkippedError as error:
            raise SkippedError(one_line(str(error), TEXT_LIMIT)) from None
        except KeyboardInterrupt:
            raise
        except OverdueError as error:
            raise FailedError(one_line(f"{error}{place(error)}; it must end", TEXT_LIMIT)) from error
        except BaseException as error:  # the plugin ended this check in a way none expected
            raise FailedError(one_line(f"{told(error)}; {MORE}", TEXT_LIMIT)) from error

    def __repr__(self) -> str:
        return f"<Check {self.id}: {self.summary}>"


def checks_of(
    target: str | Path, *, settings: Settings | None = None, reporter: Reporter | None = None
) -> contextlib.AbstractContextManager[tuple[Check, ...]]:
    """Yield every check of a plugin; they may be called while the context is open.

    Args:
        target: Name of an installed plugin or of its distribution, or the path of a project folder,
            a package or a module, which need not be installed.
        settings: Default: read from the environment. Nothing is downloaded or kept whatever it says.
        reporter: Hears notices; default: the ``zoo`` logger.

    Raises:
        UnknownNameError: No plugin of this name is installed.
        UsageError: There is no plugin at this path.
        PluginError: ``ZOO_PLUGINS`` leaves it out.
    """
    return _checks_of(target, settings, reporter)


@contextlib.contextmanager
def _checks_of(
    target: str | Path, settings: Settings | None, reporter: Reporter | None
) -> Iterator[tuple[Check, ...]]:
    settings = settings if settings is not None else Settings.from_environment()
    with visible(target) as entries:
        benches = [Bench(entry, settings, reporter or LoggingReporter()) for entry in entries]
        yield tuple(check for bench in benches for check in _of_one(bench))


def check_plugin(
    target: str | Path,
    *,
    expected_failures: Mapping[str, str] | None = None,
    only: Sequence[str] = (),
    settings: Settings | None = None,
    reporter: Reporter | None = None,
) -> Report:
    """Check a plugin by every rule, and say what became of each.

    A check that takes more than 15 seconds is named to the reporter; one that takes more than 300 is
    given up and fails, except on Windows.

    Args:
        target: As for `checks_of`.
        expected_failures: Name or id of a check → why it may fail here. One that is kept after all
            fails, so that the list stays true.
        only: Names or ids of the checks to run; empty runs all.
        settings, reporter: As for `checks_of`. The reporter shows a bar.

    Raises:
        UnknownNameError: No such plugin, or no such check.
        UsageError: There is no plugin at this path, or an expected failure has no reason.
    """
    reporter = reporter or LoggingReporter()
    expected = dict(expected_failures or {})
    with checks_of(target, settings=settings, reporter=reporter) as found:
        check_names([*expected, *only], found)
        check_reasons(expected)
        chosen = [check for check in found if not only or {check.name, check.id} & set(only)]
        results = []
        with (
            reporter.progress(f"checking {target}", len(chosen), "checks") as progress,
            Watch(reporter.notice, PATIENCE) as watch,
        ):
            for check in chosen:
                with watch.step(partial(taking_long, check.id)):
                    results.append(_result(check, expected.get(check.id, expected.get(check.name))))
                progress.advance(1, check.id)
    return Report(str(target), tuple(results))


def check_names(wanted: Sequence[str], checks: Sequence[Check]) -> None:
    """Refuse a name that is neither that of a check nor its id.

    Raises:
        UnknownNameError: With close matches.
    """
    known = {check.name for check in checks} | {check.id for check in checks}
    for name in wanted:
        if name not in known:
            raise unknown("check", name, known)


def check_reasons(expected: Mapping[str, str]) -> None:
    """Refuse an expected failure that nobody explains.

    Raises:
        UsageError: If a reason is empty.
    """
    for name, reason in expected.items():
        if not reason.strip():
            raise UsageError(f"expected failure {name}: say why it may fail")


def _result(check: Check, reason: str | None) -> Result:
    started = time.perf_counter()
    status: Status = "passed"
    text = trace = ""
    try:
        check()
    except SkippedError as skipped:
        status, text = "skipped", str(skipped)
    except FailedError as failed:
        status, text, trace = "failed", str(failed), failed.traceback
    if reason is not None and status == "failed":
        status, text = "expected", f"{reason} ({text})"
    elif reason is not None and status == "passed":
        status = "failed"
        text = f"it is expected to fail ({reason}), and does not; take it off the expected failures"
    elif reason is not None:
        text = f"{text}; it is expected to fail ({reason}), and was not tried"
    return Result(check.id, check.summary, status, text, time.perf_counter() - started, trace)


def _of_one(bench: Bench) -> Iterator[Check]:
    from zoo.testing.checks import plugins

    if bench.entry.distribution != OWN and (seen := _probed(bench)).fatal:
        for function in plugins.CHECKS:  # imported here it would end the kit as well
            fails = function is plugins.imports
            yield _check(function, bench.entry.name, call=partial(_fatal, seen.ended, fails=fails))
        return
    bench.plugin  # noqa: B018  raises where it is left out
    for function in plugins.CHECKS:
        yield _check(function, bench.entry.name, bench)
    if bench.own(bench.catalogue.models):
        from zoo.testing.checks import behaviour, models

        yield from _about(bench, bench.catalogue.models, (*models.CHECKS, *behaviour.CHECKS))
    if bench.own(bench.catalogue.datasets):
        from zoo.testing.checks import datasets

        yield from _about(bench, bench.catalogue.datasets, datasets.CHECKS)
    if bench.own(bench.catalogue.views):
        from zoo.testing.checks import views

        yield from _about(bench, bench.catalogue.views, views.CHECKS)


def _probed(bench: Bench) -> Probed:
    words = f"importing {bench.entry.target} is taking long; it is given up after {PROBE_LIMIT:g} s"
    with Watch(bench.reporter.notice) as watch, watch.step(lambda: words):
        return probe(bench.entry)


def _about(bench: Bench, offers: Any, functions: Sequence[Callable[..., None]]) -> Iterator[Check]:
    offer: Offer[Any]
    for offer in bench.own(offers):
        for function in functions:
            yield _check(function, offer.spec.name, bench, offer)


def _check(
    function: Callable[..., None],
    subject: str,
    *arguments: Any,
    call: Callable[[], None] | None = None,
) -> Check:
    assert function.__doc__ is not None
    name = function.__name__.replace("_", "-")
    summary = function.__doc__.strip().partition("\n")[0]
    return Check(name, subject, summary, call or partial(function, *arguments))


def _fatal(ended: str, *, fails: bool) -> None:
    if not fails:
        raise SkippedError(f"it cannot be imported ({ended})")
    raise FailedError(f"imported in a process of its own, {ended}; it must import without side effects")
