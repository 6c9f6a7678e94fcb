"""Write the README's shell commands into numbered files; there must be exactly two.

Usage: readme_commands.py README.md FOLDER
"""

import pathlib
import re
import sys

readme, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
blocks = re.findall(r"^```sh\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
if len(blocks) != 2 or any(block.count("\n") != 1 for block in blocks):
    sys.exit(f"{readme}: expected two sh blocks of one line each, found {len(blocks)} blocks")
folder.mkdir(parents=True, exist_ok=True)
for number, block in enumerate(blocks, start=1):
    (folder / str(number)).write_text(block, encoding="utf-8")
