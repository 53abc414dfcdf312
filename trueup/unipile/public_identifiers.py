"""Public identifiers of people, in the one form in which two of them can be compared.

Belongs here: the spelling of the last part of a profile's address, wherever it comes
from. Does not: telling what kind of address or cell something is.
"""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

# LinkedIn's own ids. Their letter case matters, also where they stand for a name.
ANY_ID = re.compile(r"AC[A-Za-z]AA[A-Za-z0-9_-]{10,60}")
_BEFORE_THE_NAME = re.compile(r"^.*/in/", re.IGNORECASE)


def decoded(text: str) -> str:
    """Without percent-encoding, once or twice. Old links encode Latin-1 bytes."""
    for _ in range(2):
        if "%" not in text:
            break
        content = unquote_to_bytes(text)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            # A byte that begins a character of UTF-8 is a torn one.
            is_torn = b"\xc3" in content or b"\xc2" in content
            text = content.decode("utf-8" if is_torn else "cp1252", errors="replace")
    return text


def folded(name: str) -> str:
    """A public identifier without letter case, in composed characters."""
    name = unicodedata.normalize("NFC", name)
    if name.isascii():
        return name.casefold()
    return unicodedata.normalize("NFC", name.lower())


def comparable(written: object) -> str | None:
    """The identifier as the table of prospects holds it; None where there is none.

    The provider writes it with capitals, percent-encoded, with a slash after it, or
    as the whole address. An id of LinkedIn's in its place keeps its letter case.
    """
    if not isinstance(written, str):
        return None
    # Postgres stores no NUL, which %00 decodes to.
    text = decoded(written).replace("\x00", "\ufffd").strip()
    name = _BEFORE_THE_NAME.sub("", text)
    name = re.split(r"[/?#]", name.lstrip("/"), maxsplit=1)[0].strip()
    return name if ANY_ID.fullmatch(name) else folded(name) or None
