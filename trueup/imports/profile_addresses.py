"""LinkedIn profile addresses, in the one form in which two of them can be compared.

Belongs here: reading what exports and people write for a profile. Does not: looking a
profile up at the provider.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_PROVIDER_ID = re.compile(r"ACoAA[A-Za-z0-9_-]{10,60}")
_SALES_ID = re.compile(r"AC[A-Za-z]AA[A-Za-z0-9_-]{10,60}")
_SLUG = re.compile(r"(?=.*\w)[^\s/?#=%<>\"\\:@\x00-\x1f]{2,100}")
# What people write where they have no address.
_NOBODY = frozenset({"none", "null", "nan", "unknown", "missing", "private", "tbd"})
_HOST = re.compile(r"(?:[a-z]{2,3}|www|m|touch|mobile)\.linkedin\.com|linkedin\.com")
_WHAT_IT_IS = {
    "company": "a company's page",
    "showcase": "a company's page",
    "school": "a school's page",
    "jobs": "a job",
    "groups": "a group",
    "posts": "a post",
    "feed": "a post",
    "pulse": "an article",
    "search": "a search",
    "mynetwork": "a list of one's own network",
    "pub": "an address of the old form",
}


@dataclass(frozen=True)
class Profile:
    """A person as LinkedIn knows them: its own id (ACoAA…), or a name in the address.

    Sales Navigator's lead ids (ACwAA…) are names too: the look-up resolves them.
    """

    provider_id: str | None
    public_identifier: str | None


class UnreadableProfileError(ValueError):
    """Not a person's profile; the text is a sentence."""


def read_profile(written: str) -> Profile:
    """The person whom an address means. Raises UnreadableProfileError.

    Scheme, locale subdomain, trailing slashes, query and what follows the name do not
    matter, nor does percent-encoding, once or twice, nor the case of a public name.
    """
    text = html.unescape(written).strip().strip("<>\"'").strip()
    if not text:
        raise UnreadableProfileError("it has no profile address")
    if text.casefold() in _NOBODY:
        raise UnreadableProfileError("it has no profile address")
    if "/" not in text and "@" not in text and "." not in text:
        return _named(_decoded(text), written)
    if re.match(r"/?in/", text, re.IGNORECASE):
        text = f"www.linkedin.com/{text}"
    return _from_address(text, written)


def _from_address(text: str, written: str) -> Profile:
    if not re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE):
        text = f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        raise UnreadableProfileError(f"{_shown(written)} is no web address") from None
    if host == "lnkd.in":
        raise UnreadableProfileError(
            f"{_shown(written)} is a short link; open it and copy the profile's address"
        )
    if not _HOST.fullmatch(host) or parts.scheme.lower() not in ("http", "https"):
        raise UnreadableProfileError(f"{_shown(written)} is no LinkedIn profile")
    path = [part for part in _decoded(parts.path).split("/") if part]
    kind = path[0].casefold() if path else ""
    if kind == "in" and len(path) > 1:
        return _named(path[1], written)
    if (
        kind in ("sales", "talent", "recruiter")
        and len(path) > 2
        and path[1].casefold() in ("lead", "people", "profile")
    ):
        lead = path[2].split(",")[0]
        if _SALES_ID.fullmatch(lead):
            return _named(lead, written)
    if kind == "profile" and len(path) == 1:
        raise UnreadableProfileError(
            f"{_shown(written)} is an address of the old form; open it and copy the new"
        )
    what = _WHAT_IT_IS.get(kind, "no person's profile")
    raise UnreadableProfileError(f"{_shown(written)} is {what}")


def _named(name: str, written: str) -> Profile:
    name = unicodedata.normalize("NFC", name.strip())
    if _PROVIDER_ID.fullmatch(name):
        return Profile(name, None)
    if _SALES_ID.fullmatch(name):
        return Profile(None, name)
    name = (
        name.casefold()
        if name.isascii()
        else unicodedata.normalize("NFC", name.lower())
    )
    if not _SLUG.fullmatch(name):
        raise UnreadableProfileError(f"{_shown(written)} names no person")
    return Profile(None, name)


def _decoded(text: str) -> str:
    for _ in range(2):
        text = unquote(text, errors="replace")
    return text


def _shown(written: str) -> str:
    text = " ".join(written.split())
    return f'"{text}"' if len(text) <= 80 else f'"{text[:79]}…"'
