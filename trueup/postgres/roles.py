"""The names of the project's roles on the server, which all its databases share.

Belongs here: the prefix that a person chooses for one installation, and the names in a
statement of `sql/`. Does not: acting as a role, or its rights.
"""

import os
import re

ROLES = ("sender", "operator", "analyst", "console", "validator")
PREFIX_VARIABLE = "TRUEUP_ROLE_PREFIX"
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,29}")
_NAME = re.compile(rf"\b(?:{'|'.join(ROLES)})\b")
# Roles are named where rights are given and taken, and where they are made.
_NAMES_ROLES = re.compile(r"(?is)(?:\s|--[^\n]*\n)*(?:grant|revoke|do)\b")


class UnusablePrefixError(Exception):
    """The prefix is no beginning of a role's name; a sentence for a person."""


def role_prefix() -> str:
    """What comes before each role's name. Raises UnusablePrefixError."""
    prefix = os.environ.get(PREFIX_VARIABLE, "")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise UnusablePrefixError(
            f"{PREFIX_VARIABLE} is {prefix!r}, which cannot begin the name of a role. "
            "Take at most 30 small letters, digits and underscores, a letter first, "
            "such as acme_."
        )
    return prefix


def name_on_server(role: str) -> str:
    """The name that one of ROLES has on the server."""
    return role_prefix() + role


def role_of_name(name: str | None) -> str | None:
    """The one of ROLES that has this name on the server; None for none."""
    return None if name is None else name.removeprefix(role_prefix())


def with_names_on_server(statement: str) -> str:
    """A statement of `sql/` with the roles that it names as they are on the server."""
    prefix = role_prefix()
    if not prefix or not _NAMES_ROLES.match(statement):
        return statement
    return _NAME.sub(lambda found: prefix + found[0], statement)
