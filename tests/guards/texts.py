"""The texts in a file that could be SQL: a whole .sql, Python constants, yml values.

Belongs here: reading each kind of file by its own grammar, with lines. Whether a text
writes anything is not judged here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.guards.python_texts import python_texts
from tests.guards.sql_tokens import HOLE

SUFFIXES = {
    ".sql": "sql",
    ".py": "python",
    ".yml": "yml",
    ".yaml": "yml",
    ".sh": "shell",
}
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SHELL_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*$")


class UnreadableFileError(ValueError):
    """A file that cannot be read as what it is; the text is why."""


@dataclass(frozen=True)
class Text:
    """A text and its line. The statement around it begins at `statement_line`."""

    text: str
    line: int
    statement_line: int


def kind_of(path: Path) -> str | None:
    """sql, python, yml or shell; None for a file that is none of these."""
    if path.suffix in SUFFIXES:
        return SUFFIXES[path.suffix]
    if path.suffix:
        return None
    with path.open("rb") as file:
        first_line = file.readline(200)
    if not first_line.startswith(b"#!"):
        return None
    return "python" if b"python" in first_line else "shell"


def texts_of(kind: str, source: str) -> list[Text]:
    """The texts of a file. Raises UnreadableFileError."""
    if kind == "python":
        try:
            return [Text(*found) for found in python_texts(source)]
        except SyntaxError as error:
            raise UnreadableFileError(f"is no Python: {error.msg}") from None
    if kind == "yml":
        return [text for value in _yml_values(source) for text in _sql_texts(*value)]
    if kind == "shell":
        return list(_sql_texts(_SHELL_COMMENT.sub("", source), 1))
    return list(_sql_texts(source, 1))


def _yml_values(source: str) -> Iterator[tuple[str, int]]:
    try:
        waiting = list(yaml.compose_all(source, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        said = str(error).splitlines()[0]
        raise UnreadableFileError(f"is no yml: {said}") from None
    seen: set[int] = set()  # an anchor may lead back to itself
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            # A block begins on the line after its | or >.
            is_block = node.style in ("|", ">")
            yield node.value, node.start_mark.line + 1 + is_block
        elif isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        else:
            waiting += node.value


def _sql_texts(source: str, line: int) -> Iterator[Text]:
    """A text of SQL without its Jinja, and the texts inside the Jinja."""
    for found in _JINJA.finditer(source):
        if found[0].startswith("{#"):
            continue
        at = line + source.count("\n", 0, found.start())
        for literal in _literals(found[0]):
            yield Text(literal, at, at)
    yield Text(_JINJA.sub(_stand_in, source), line, line)


def _stand_in(found: re.Match[str]) -> str:
    """What an expression puts there: the table that source() or ref() names."""
    text = found[0]
    lines = "\n" * text.count("\n")
    if not text.startswith("{{"):
        return lines or " "
    literals = _literals(text)
    name = literals[-1] if literals else ""
    is_name = re.fullmatch(r"[A-Za-z_]\w*", name) is not None
    return (f'"{name}"' if is_name else HOLE) + lines


def _literals(text: str) -> list[str]:
    return [one or other for one, other in _LITERAL.findall(text)]
