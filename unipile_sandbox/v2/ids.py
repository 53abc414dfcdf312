"""Ids of version 2, which are not those of version 1 for the same thing.

Belongs here: the translation, which needs no table. The ids are opaque: some have the
characters `+`, `/` and `=`, so a client must encode each as one segment of a path.
"""

import base64
import binascii
import re

ACCOUNT_ID = re.compile(r"acc_[A-Za-z0-9_-]+")
APPLICATION_ID = "app_sandbox"


def opaque(kind: str, name: str) -> str:
    """The id of a request, chat, message, comment or post in version 2."""
    return base64.b64encode(f"{kind}>?{name}".encode()).decode()


def named(kind: str, opaque_id: str) -> str | None:
    """The name behind an id; None if it is no id of this kind."""
    try:
        text = base64.b64decode(opaque_id, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    found, separator, name = text.partition(">?")
    return name if separator and found == kind else None
