"""The texts of a step by action: which are needed, and their longest lengths.

Belongs here: their only table, for campaign files, saving, re-arming and sending. Does
not: templates themselves (`validation.py`), or other settings of a step.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TextField:
    """A text of a step.

    is_needed: the action cannot be done without it. longest: what the provider takes,
    in UTF-16 units, None for no limit; longest_for_free: from accounts without Premium.
    """

    name: str
    is_needed: bool = True
    longest: int | None = None
    longest_for_free: int | None = None


# By action, in the order of the campaign file's schema.
TEXT_FIELDS: dict[str, tuple[TextField, ...]] = {
    "resolve_profile": (),
    "send_invite": (
        TextField("note", is_needed=False, longest=300, longest_for_free=200),
    ),
    "wait_accept": (),
    "wait": (),
    "send_message": (TextField("message"),),
    "send_inmail": (TextField("subject", longest=200), TextField("body")),
    "comment": (TextField("comment", longest=1250),),
}
_BY_NAME = {field.name: field for fields in TEXT_FIELDS.values() for field in fields}


def field_names(action: str) -> tuple[str, ...]:
    """The texts that a step of this action may have."""
    return tuple(field.name for field in TEXT_FIELDS[action])


def needed_fields(action: str) -> tuple[str, ...]:
    """The texts that this action needs; it may be an action without a step."""
    return tuple(field.name for field in TEXT_FIELDS.get(action, ()) if field.is_needed)


def longest_allowed(name: str, *, is_for_free_accounts: bool) -> int | None:
    """The provider's limit on a text, in UTF-16 units; None without a limit."""
    field = _BY_NAME[name]
    if is_for_free_accounts and field.longest_for_free is not None:
        return field.longest_for_free
    return field.longest
