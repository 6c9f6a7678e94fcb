"""A plugin that writes to stdout in every way there is, at import and in a hook."""

import os
import subprocess
import sys

import zoo

print("printed at import")  # noqa: T201 - what this plugin is for
sys.__stdout__.write("written to the original stdout at import\n")
os.write(1, b"written to descriptor 1 at import\n")
subprocess.run([sys.executable, "-S", "-c", "print('printed by a child')"], check=True)


@zoo.hookimpl
def zoo_views() -> list[zoo.ViewSpec]:
    print("printed in a hook")  # noqa: T201
    os.write(1, b"written to descriptor 1 in a hook\n")
    return [zoo.ViewSpec(name="prints-view", summary="a view", compute="prints:a", draw="prints:b")]
