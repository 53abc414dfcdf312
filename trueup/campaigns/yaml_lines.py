"""Reading YAML into plain data with line numbers.

Belongs here: the subset of YAML for campaign files, and the place of each value. Does
not: the content of a campaign.

The subset has no anchors, tags, merge keys or duplicate keys. Only true, false, numbers
and null are not text; a date or a "no" is text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from trueup.campaigns.errors import CampaignError, RefusedCampaignError

LARGEST_FILE_BYTES = 1_000_000
Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_SHOWN = {"<stream end>": "the end of the file"}


@dataclass(frozen=True)
class Place:
    """The place of a value: its line from 1, and the first line of its text.

    `is_literal` is whether each line of the text is a line of the file, so that the
    line of an error within it is known.
    """

    line: int
    first_text_line: int
    is_literal: bool


@dataclass(frozen=True)
class LinedData:
    """Plain data, and the place of every value by its path."""

    data: Any
    places: Mapping[Path, Place]

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest one around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path].line if path in self.places else 0


def read_yaml(text: str, source: str | None = None) -> LinedData:
    """The data of one YAML document. Raises RefusedCampaignError."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE_BYTES:
        raise _refused(
            0, "The file is larger than 1 MB. A campaign is a few kB.", source
        )
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            raise _refused(1, "The file is empty. Begin with `name:`.", source)
        places: dict[Path, Place] = {}
        return LinedData(_Reader(text, source, places).read(node, ()), places)
    except yaml.MarkedYAMLError as error:
        raise _refused(*_syntax_sentence(error, text), source) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"The character U+{error.character:04X} cannot be read."
        raise _refused(line, f"{message} Take it out.", source) from None
    except RecursionError:
        raise _refused(0, "The file is nested too deeply.", source) from None
    finally:
        if loader is not None:
            loader.dispose()


class _Reader:
    def __init__(
        self, text: str, source: str | None, places: dict[Path, Place]
    ) -> None:
        self.text = text
        self.source = source
        self.places = places
        self.seen: set[int] = set()

    def read(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401
        line = node.start_mark.line + 1
        if id(node) in self.seen:
            message = "Anchors and aliases are not read here. Write the value out."
            raise _refused(line, message, self.source)
        self.seen.add(id(node))
        style = getattr(node, "style", None)
        is_block = style in ("|", ">")
        is_one_line = node.start_mark.line == node.end_mark.line
        self.places[path] = Place(
            line, line + 1 if is_block else line, style == "|" or is_one_line
        )
        match node:
            case yaml.MappingNode():
                return self._mapping(node, path)
            case yaml.SequenceNode():
                return [
                    self.read(child, (*path, number))
                    for number, child in enumerate(node.value)
                ]
            case _:
                return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise _refused(line, _braces_sentence(), self.source)
            key = key_node.value
            if key in values:
                message = f"`{key}` stands here twice. Keep one of them."
                raise _refused(line, message, self.source)
            values[key] = self.read(value_node, (*path, key))
            place = self.places[(*path, key)]
            self.places[(*path, key)] = Place(
                line, place.first_text_line, place.is_literal
            )
        return values

    def _scalar(self, node: yaml.ScalarNode) -> Any:  # noqa: ANN401
        text = node.value
        if node.style is not None:
            return text
        if node.tag not in _PLAIN_TAGS:
            message = f"The tag {node.tag} is not read here. Write plain text."
            raise _refused(node.start_mark.line + 1, message, self.source)
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _NUMBER.fullmatch(text) else text


_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge")
)


def _syntax_sentence(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 0
    lines = text.split("\n")
    shown = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    if re.search(r":\s*\{", shown):
        return line, _braces_sentence()
    sign = re.search(r":\s+([%@*!&])", shown)
    if sign is not None:
        return line, (
            f"A text that begins with {sign.group(1)} must be quoted, or stand below a "
            '`|`, or YAML takes it for a sign of its own. Write it as "…".'
        )
    if "\t" in shown[: len(shown) - len(shown.lstrip())]:
        return line, "YAML is indented with blanks; this line begins with a tab."
    problem = error.problem or "it is no YAML"
    for old, new in _SHOWN.items():
        problem = problem.replace(old, new)
    context = f" {error.context}" if error.context else ""
    return line, f"This cannot be read as YAML{context}: {problem}."


def _braces_sentence() -> str:
    return (
        "A text that begins with a brace must be quoted, or stand below a `|`, or YAML "
        'takes it for data. Write it as "{{firstName}} …".'
    )


def _refused(line: int, message: str, source: str | None) -> RefusedCampaignError:
    return RefusedCampaignError([CampaignError(line, message, source)])
