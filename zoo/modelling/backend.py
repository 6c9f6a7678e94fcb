"""Keras and its backend: imported late, quietly and with a word to the person who waits."""

from __future__ import annotations

import contextlib
import importlib
import os
import random
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from zoo.errors import UnavailableError, one_line, unknown
from zoo.progress import Reporter

__all__ = ["backend_name", "has_accelerator", "import_keras", "isolated", "quiet"]

T = TypeVar("T")

BACKENDS = ("tensorflow", "jax", "torch")
"""Those that can train; Keras knows others, which only predict."""

QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "GRPC_VERBOSITY": "ERROR"}
"""Set before TensorFlow is imported, unless the user has: its C++ side writes to stderr."""

NOISE = re.compile(
    rb"WARNING: All log messages before absl|[IW]\d{4} \d\d:\d\d:"
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IW] |INFO: "
)
"""Lines that come although the level is set: those before C++ logging starts, and LiteRT's."""

_asked_for_logs = os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3") != "3"
_stderr = threading.RLock()


def backend_name() -> str:
    """Return the Keras backend that is, or will be, in use."""
    keras = sys.modules.get("keras")
    if keras is not None and hasattr(keras, "backend"):
        return str(keras.backend.backend())
    return os.environ.get("KERAS_BACKEND") or "tensorflow"


def has_accelerator() -> bool:
    """Say whether the backend of Keras, which is imported, has a device besides the processor."""
    match backend_name():
        case "tensorflow":
            import tensorflow as tf

            return bool(tf.config.list_physical_devices("GPU"))
        case "jax":
            import jax

            return str(jax.default_backend()) != "cpu"
        case "torch":
            import torch

            return bool(torch.cuda.is_available())
        case _:
            return False


def import_keras(reporter: Reporter) -> Any:
    """Return the module ``keras``; the first time this takes seconds, which is said beforehand.

    Raises:
        UnavailableError: If Keras or its backend cannot be imported.
        UnknownNameError: If KERAS_BACKEND names none of `BACKENDS`.
    """
    name = backend_name()
    if name not in BACKENDS:
        raise unknown("KERAS_BACKEND", one_line(name, 60), BACKENDS)
    wanted = "TensorFlow" if name == "tensorflow" else f"Keras on {name}"
    if "keras" not in sys.modules or (name == "tensorflow" and "tensorflow" not in sys.modules):
        reporter.notice(f"importing {wanted}")
        for variable, value in QUIET.items():
            os.environ.setdefault(variable, value)
    try:
        with quiet():
            keras = importlib.import_module("keras")
            if name == "tensorflow":
                importlib.import_module("tensorflow")
    except Exception as error:  # a broken installation raises anything
        reason = one_line(f"{type(error).__name__}: {error}", 300)
        advice = (
            "install it again" if name == "tensorflow" else f"install {name}, or unset KERAS_BACKEND"
        )
        raise UnavailableError(f"{wanted} cannot be imported ({reason}); {advice}") from error
    return keras


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back what C++ code writes to stderr, and pass on afterwards all that is not `NOISE`.

    Does nothing where the user has set TF_CPP_MIN_LOG_LEVEL below 3: then logs are wanted.
    """
    if _asked_for_logs:
        yield
        return
    with _stderr, contextlib.ExitStack() as stack:
        try:
            sys.stderr.flush()
            kept = os.dup(2)
            stack.callback(os.close, kept)
            held = stack.enter_context(tempfile.TemporaryFile())
            os.dup2(held.fileno(), 2)
        except (OSError, ValueError, AttributeError):  # no stderr at all: nothing to hold back
            yield
            return
        try:
            yield
        finally:
            with contextlib.suppress(OSError, ValueError, AttributeError):
                sys.stderr.flush()
            os.dup2(kept, 2)
            held.seek(0)
            for line in held:
                if not NOISE.match(line):
                    os.write(2, line)


def isolated(work: Callable[[], T]) -> T:
    """Run `work` in a thread of its own, which leaves no trace in Keras or `random`.

    Keras keeps its counters of names, its list of variables without values and its default random
    generator by thread: so the same network always gets the same names, and one that is dropped
    before its variables have values leaves nothing behind.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    state = random.getstate()  # Keras draws default seeds from it
    thread = threading.Thread(target=run, name="zoo-build")
    try:
        thread.start()
        thread.join()
    finally:
        random.setstate(state)
    if errors:
        raise errors[0]
    return results[0]
