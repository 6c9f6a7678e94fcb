"""How the documents become a site: `make docs` builds it into build/docs, warnings are errors.

Nothing is fetched: what lies outside of this project is named, not linked.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from importlib.metadata import version as version_of
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

import zoo

project = "zoo"
author = "the zoo's authors"
project_copyright = author
version = release = version_of("digit-zoo")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["examples", "gallery", "images"]
source_suffix = {".md": "markdown"}

html_theme = "furo"
html_title = f"zoo {release}"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}

myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3
"""Headings get the anchors that GitHub gives them, so that links work in both places."""

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 90
python_use_unqualified_type_names = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_attr_annotations = False  # the signature shows them
default_role = "code"  # `name` in docstrings; names of the zoo become links below

nitpicky = True
nitpick_ignore_regex = [
    # Other projects' names, which could only be linked by fetching their inventories.
    (r"py:.*", r"(np|npt|numpy|matplotlib|keras|pluggy|click|pytest|ipywidgets)\..*"),
    (r"py:.*", r"NDArray|Figure|Axes|Colormap|Normalize|Artist"),
    # The standard library's, for the same reason.
    (r"py:.*", r"(abc|collections\.abc|contextlib|os|pathlib|types|typing)\..*"),
    (r"py:.*", r"Path|Any|Literal|Mapping|Sequence|Iterable|Iterator|Callable|AbstractContextManager"),
    # Reached through the attributes of `zoo.Zoo` by the zoo's own rooms; not public.
    (r"py:.*", r"(zoo\..*\.)?(Network|Folders|Artifacts|Registry|Catalogue|Selection|Asked|Obtained)"),
    # Type variables and names of types that say what they are.
    (r"py:.*", r"(zoo\..*\.)?(T|S|Shapes|Task|Weights|Pixels|Labels|Floats|Change|Status|Palette)"),
]

ANCHOR = re.compile(r'<a id="([\w-]+)"></a>(`[^`\n]+`)')
COLON = "\N{RATIO}"
"""Stands for a colon and a space while napoleon reads."""

SEVERAL = re.compile(r"^:(ivar|param) \w+(, \w+)+:")
"""Attributes described together: Sphinx takes all but the last for types, if a space is between."""

ARRAY = re.compile(r"(?:~?numpy\.)?ndarray\[tuple\[[^]]*\], (?:~?numpy\.)?dtype\[([^]]*)\]\]")
"""What ``NDArray[np.float32]`` becomes when Python looks at it."""

EMPTY = re.compile(r"(?:dataclasses\.)?field\(default_factory=(\w+)\)")

NAME = re.compile(r"(?<![`:\w])`((?:zoo\.)?([A-Za-z]\w*)((?:\.\w+)*))`(?!`)")


def anchors(_: Sphinx, __: str, source: list[str]) -> None:
    """Keep the anchors of the gallery, which are written so that GitHub knows them too."""
    source[0] = ANCHOR.sub(r"\2{#\1}", source[0])


def link_names(_: Sphinx, __: str, ___: str, obj: Any, ____: Any, lines: list[str]) -> None:
    """Make `Model` and `zoo.Model.fit` in a docstring links, where the first name is public."""
    for number, text in enumerate(lines):
        line = SEVERAL.sub(lambda m: m[0].replace(", ", ","), text.replace(COLON, ": "))
        if dataclasses.is_dataclass(obj):  # its attributes are what it is made with
            line = re.sub("^:ivar ", ":param ", line)
        lines[number] = NAME.sub(
            lambda m: (
                f":py:obj:`{m[1].removeprefix('zoo.')} <zoo.{m[2]}{m[3]}>`"
                if m[2] in zoo.__all__
                else m[0]
            ),
            line,
        )


def whole_sentences(_: Sphinx, what: str, __: str, ___: Any, ____: Any, lines: list[str]) -> None:
    """Hide a colon in the summary of a property, which napoleon takes for the end of a type."""
    if what in ("property", "attribute"):
        lines[:1] = [line.replace(": ", COLON) for line in lines[:1]]


def plain_signature(
    _: Sphinx, what: str, __: str, obj: Any, ___: Any, arguments: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """Show types as they are written, and fields of a dataclass with their defaults as written."""
    if what == "class" and dataclasses.is_dataclass(obj) and arguments not in (None, "()"):
        return fields_of(obj), None
    arguments, returned = (text and ARRAY.sub(r"NDArray[\1]", text) for text in (arguments, returned))
    return arguments, returned


def fields_of(obj: Any) -> str:
    tree = ast.parse(textwrap.dedent(inspect.getsource(obj)))
    assert isinstance(tree.body[0], ast.ClassDef)
    named = any(p.kind is p.KEYWORD_ONLY for p in inspect.signature(obj).parameters.values())
    shown = ["*"] if named else []
    for node in tree.body[0].body:
        if isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_"):
            field = f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}"
            default = EMPTY.sub(r"\1()", ast.unparse(node.value)) if node.value else ""
            shown.append(f"{field} = {default}" if default else field)
    return f"({', '.join(shown)})"


def by_last_name(app: Sphinx, env: Any, node: Any, shown: nodes.Element) -> nodes.Element | None:
    """Find `Model`, `zoo.modelling.base.Model` and the like where the documents describe them."""
    if node.get("refdomain") != "py":
        return None
    last = node["reftarget"].rpartition(".")[2]
    objects = env.get_domain("py").objects
    places = {
        (entry.docname, entry.node_id)
        for name, entry in objects.items()
        if name.rpartition(".")[2] == last
        and entry.objtype in ("class", "exception", "function", "module")
    }
    if len(places) != 1:
        return None
    docname, anchor = places.pop()
    reference = nodes.reference("", "", shown, internal=True)
    reference["refuri"] = app.builder.get_relative_uri(node["refdoc"], docname) + f"#{anchor}"
    return reference


def setup(app: Sphinx) -> None:
    app.connect("source-read", anchors)
    app.connect("autodoc-process-docstring", whole_sentences, priority=400)  # before napoleon
    app.connect("autodoc-process-docstring", link_names)
    app.connect("autodoc-process-signature", plain_signature)
    app.connect("missing-reference", by_last_name)
