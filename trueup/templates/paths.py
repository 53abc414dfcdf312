"""Names in expressions: whether the field exists, else the most likely one.

Belongs here: resolving `firstName`, `custom.subject_line`, local names. Does not: the
grammar around them (`expressions.py`).
"""

from dataclasses import dataclass, field

from trueup.templates.columns import custom_name
from trueup.templates.errors import Finding, Suggestion
from trueup.templates.names import Names

KEYWORDS = frozenset({"true", "false", "nil", "null", "blank", "empty"})
OPERATOR_WORDS = frozenset({"and", "or", "contains", "not", "in"})
# The kind of a value; ANY if an error leaves it unknown.
TEXT, NUMBER, LIST, ANY = "text", "number", "list", "any"
_OF_A_LIST = frozenset({"first", "last"})


def no_such_field(path: str, *, is_fixed: bool) -> str:
    """The error for an unknown name, with how to declare it if no field is similar."""
    message = f"There is no field {path}."
    if is_fixed:
        return message
    name = custom_name(path)
    return (
        f"{message} If it is one of your own, declare {name} under custom_fields and "
        f"write {{{{ custom.{name} }}}}."
    )


@dataclass
class Scope:
    """The names that may be used at this point of a template.

    `local_kinds` holds what `assign` and `capture` have named so far, `used` every root
    name that was read.
    """

    names: Names
    local_kinds: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def kind_of(self, segments: list[str], start: int, end: int) -> str | Finding:
        """The kind of a path's value, or its error."""
        root, rest = segments[0], segments[1:]
        self.used.add(root)
        if root in self.local_kinds:
            kind = self.local_kinds[root]
        elif root == "custom":
            if not rest:
                message = "custom needs a name behind it, as in custom.subject_line."
                return Finding(start, end - start, "unknown_variable", message)
            if not self.names.knows(f"custom.{rest[0]}"):
                return self._unknown(segments, start, end)
            kind, rest = TEXT, rest[1:]
        elif root in KEYWORDS or not self.names.knows(root):
            return self._unknown(segments, start, end)
        else:
            kind = TEXT
        if not rest:
            return kind
        if rest == ["size"]:
            return NUMBER
        if (
            kind == LIST
            and len(rest) == 1
            and (rest[0] in _OF_A_LIST or rest[0].lstrip("-").isdigit())
        ):
            return TEXT
        return self._unknown(segments, start, end)

    def _unknown(self, segments: list[str], start: int, end: int) -> Finding:
        path = ".".join(segments)
        meant = self.names.meant_by(path, self.local_kinds)
        fix = None if meant is None else Suggestion(meant, start, end)
        if segments[0] == "custom":
            message = (
                f"The campaign declares no custom field {path}. "
                "Declare it, or use another."
            )
        else:
            message = no_such_field(path, is_fixed=fix is not None)
        return Finding(start, end - start, "unknown_variable", message, fix)
