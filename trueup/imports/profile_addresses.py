"""Normalising LinkedIn profile addresses, so that they can be compared.

Belongs here: reading an address, an id, a URN or a public name from exports and people.
Does not: look-ups at the provider.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from trueup.imports.cell_values import phrases
from trueup.unipile.public_identifiers import ANY_ID, decoded, folded

_PROVIDER_ID = re.compile(r"ACoAA[A-Za-z0-9_-]{10,60}")
# An id in another case belongs to another person or to none.
_RECASED_ID = re.compile(r"AC[OW]AA[A-Z0-9_-]{20,60}", re.IGNORECASE)
# The form of nearly every export, which is read without parsing.
_PLAIN = re.compile(
    r"https?://(?:[a-z]{2,3}\.)?linkedin\.com/in/([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)/?"
)
_URN = re.compile(r"urn:li:[a-z_]+:\(?([^(),]+)", re.IGNORECASE)
# An apostrophe inside a name is followed by a letter or a digit; another is a quote.
_SLUG = re.compile(
    r"(?=.*\w)(?!.*'(?!\w))[^\s/?#=%&,;<>\"\\:@{}()\[\]|^`*+$!\x00-\x1f\ufffd]{2,100}"
)
# An address inside a text, a link or a formula.
_IN_TEXT = re.compile(
    r"(?<![\w./?=&@-])(?:https?://)?(?:[\w-]+\.)?linkedin\.(?:com|cn)/"
    r"(?:[^\s\"'<>|()\[\]]|'(?=\w))+",
    re.IGNORECASE,
)
# What goes on with a name behind such an address: a blank or a quote does not end it.
_GOES_ON = re.compile(r"\s*[^\W_]|'[^\s\"'<>|()\[\],;]")
_AROUND = re.compile(r"[\s\"'<>()\[\]|]")
_HOST = re.compile(
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{2})?|www|m|touch|mobile)\.)?linkedin\.(?:com|cn)"
)
# Path segments before `/in/` in LinkedIn's mobile pages and mails.
_BEFORE_IN = frozenset({"comm", "mwlite", "m", "mobile", "profile", "incareer"})
# Redirecting pages, and the parameters with their targets.
_SENDS_ON = frozenset({"authwall", "login", "uas", "checkpoint", "signup", "safety"})
_GOES_TO = ("sessionRedirect", "session_redirect", "redirect", "url")
_OUTER = " \t\r\n\x0b\x0c\xa0\u200b\u200e\u200f\u2060\ufeff<>\"'“”‘’„`«»"
_BEFORE_AN_ADDRESS = "([{*_"
_AFTER_AN_ADDRESS = ".,;:!?)]}*…"
# Texts after `/in/`, or in a cell, that are not a person.
_NOBODY = phrases(
    """
    null|undefined|unknown|none|nan|nil|n-a|na|me|you|self|missing|private|hidden|tbd
    username|user-name|your-name|yourname|your-profile|your-username|full-name
    first-name|firstname-lastname|public-identifier|placeholder|slug|member
    linkedin-member|unavailable|unavailable-member|not-found|notfound|not-available
    no-profile|headless|login|authwall|signup|edit|404|error|true|false|invalid|deleted
    object-object|[object-object]|-|--|—|–|?|.|0|#n/a|#nv|#ref!|#value!|#name?|#null!
    """
)
# Words that are no person if they are the whole cell, although they can be names.
_WORDS_FOR_NOBODY = phrases(
    """
    n/a|n.a.|/|#|1|x|y|n|todo|empty|blank|(blank)|(leer)|(vide)|[blank]|{}|[]|yes|no|ja
    nein|oui|non|si|user|name|linkedin|linkedin-profile|linked-in|link|links|url|urls
    href|http|https|www|profil|profile|profiles|profile-url|profile-link|linkedin-url
    linkedin-link|perfil|profilo|view|view-profile|see-profile|open|here|click
    click-here|website|web|company|person|contact|lead|example|not-provided|no-linkedin
    no-url|invalid-url|none-found|connect|connected|follow|message|visit|more|info|details
    add|email|phone|same|test|tba|tbc|pending|search|notes|see-notes|button|icon|logo
    """
)
_WHAT_IT_IS = {
    "company": "a company's page",
    "showcase": "a company's page",
    "organization": "a company's page",
    "school": "a school's page",
    "jobs": "a job",
    "groups": "a group",
    "posts": "a post",
    "feed": "a post",
    "pulse": "an article",
    "search": "a search",
    "mynetwork": "a list of one's own network",
    "messaging": "a conversation",
    "pub": "an address of the old form",
}
_LONGEST_READ = 4_000


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as LinkedIn knows them: its own id (ACoAA…), or a name in the address.

    Sales Navigator's lead ids (ACwAA…) are names too: the look-up resolves them.
    """

    provider_id: str | None
    public_identifier: str | None

    @property
    def is_lead(self) -> bool:
        """Whether the name is a lead's id, which is worth less than a public name."""
        return self.public_identifier is not None and bool(
            ANY_ID.fullmatch(self.public_identifier)
        )


class UnreadableProfileError(ValueError):
    """The text is not a person's profile; the message is a sentence."""


def read_profile(written: str, *, takes_names: bool = True) -> Profile:
    """The person of an address, an id, a URN or a name.

    Scheme, locale subdomain, trailing slashes, punctuation and query and what follows
    the name do not matter, nor does percent-encoding, once or twice, nor the case of a
    public name. A bare word is a public name if `takes_names`. Raises
    UnreadableProfileError.
    """
    plain = _PLAIN.fullmatch(written)
    if plain and _is_plain_name(plain[1]):
        return Profile(None, plain[1])
    text = html.unescape(written[:_LONGEST_READ]).strip(_OUTER)
    if is_nobody(text):
        raise UnreadableProfileError("it has no profile address")
    if urn := _URN.match(decoded(text)):
        return _identified(urn[1], written)
    if takes_names and re.fullmatch(r"@[\w-]+", text):
        text = text[1:]
    if "/" not in text and "@" not in text and "." not in text:
        name = decoded(text)
        if not takes_names and not ANY_ID.fullmatch(name):
            raise UnreadableProfileError(
                f"{_shown(written)} is no address of a profile; a column of public "
                "names is called Public Identifier"
            )
        return _named(name, written)
    if _AROUND.search(text) and (found := list(_IN_TEXT.finditer(text))):
        return _from_text(text, found, written)
    text = text.lstrip(_BEFORE_AN_ADDRESS).rstrip(_AFTER_AN_ADDRESS + _OUTER)
    text = text.replace("\\", "/")
    if re.match(r"/*in/", text, re.IGNORECASE):
        text = f"www.linkedin.com/{text.lstrip('/')}"
    return _from_address(text, written)


def _is_plain_name(name: str) -> bool:
    return (
        2 < len(name) <= 100
        and name not in _NOBODY
        and not name.startswith(("acoaa", "acwaa"))
    )


def is_nobody(text: str) -> bool:
    """Whether a cell of an address column means that there is no address."""
    word = "-".join(text.casefold().split())
    return not word or word in _NOBODY or word in _WORDS_FOR_NOBODY


def _from_text(text: str, found: list[re.Match[str]], written: str) -> Profile:
    """The only person whose address is in a text."""
    people = {_from_address(one[0].rstrip(_AFTER_AN_ADDRESS), written) for one in found}
    if len(people) > 1:
        raise UnreadableProfileError(f"{_shown(written)} names several people")
    if _GOES_ON.match(text, found[-1].end()):
        raise UnreadableProfileError(f"{_shown(written)} names no person")
    return people.pop()


def _from_address(text: str, written: str, *, may_be_sent_on: bool = True) -> Profile:
    # `https:/…`, `https//…` and a scheme written twice are slips of copying.
    text = re.sub(
        r"^(?:https?:?/+|https?:(?=[a-z.-]*linkedin\.))+",
        "https://",
        text,
        flags=re.IGNORECASE,
    )
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
    path = re.split(r"[?#&]", decoded(parts.path))[0].split("/")
    path = [part for part in path if part]
    if path and path[0].casefold() in _SENDS_ON and may_be_sent_on:
        values = parse_qs(parts.query, max_num_fields=100)
        for target in (value for name in _GOES_TO for value in values.get(name, ())):
            if re.match(r"https?://", target, re.IGNORECASE):
                return _from_address(target, written, may_be_sent_on=False)
    return _from_path(path, parts.query, written)


def _from_path(path: list[str], query: str, written: str) -> Profile:
    while len(path) > 2 and path[0].casefold() in _BEFORE_IN:
        path = path[1:]
    kind = path[0].casefold() if path else ""
    if kind == "in" and len(path) > 1:
        return _named(path[1], written)
    if (
        kind in ("sales", "talent", "recruiter")
        and len(path) > 2
        and path[1].casefold() in ("lead", "people", "profile")
    ):
        lead = path[2].split(",")[0]
        if ANY_ID.fullmatch(lead):
            return _named(lead, written)
    if kind in ("profile", "view"):
        ids = parse_qs(query, max_num_fields=100).get("id", [""])
        if ANY_ID.fullmatch(ids[0]):
            return _named(ids[0], written)
        raise UnreadableProfileError(
            f"{_shown(written)} is an address of the old form; open it and copy the new"
        )
    what = _WHAT_IT_IS.get(kind, "no person's profile")
    raise UnreadableProfileError(f"{_shown(written)} is {what}")


def _identified(name: str, written: str) -> Profile:
    """The person of a URN, which names people by their ids alone."""
    if not ANY_ID.fullmatch(name):
        raise UnreadableProfileError(
            f"{_shown(written)} names nobody by an id that can be looked up (ACoAA…)"
        )
    return _named(name, written)


def _named(name: str, written: str) -> Profile:
    name = unicodedata.normalize("NFC", name.strip(_OUTER)).rstrip(
        _AFTER_AN_ADDRESS + _OUTER
    )
    if urn := _URN.match(name):
        return _identified(urn[1], written)
    given_id = name.split(",")[0]
    if _PROVIDER_ID.fullmatch(given_id):
        return Profile(given_id, None)
    is_recased = _RECASED_ID.fullmatch(given_id) and not given_id.startswith("ACwAA")
    if ANY_ID.fullmatch(given_id) and not is_recased:
        return Profile(None, given_id)
    if is_recased:
        raise UnreadableProfileError(
            f"{_shown(written)} is a LinkedIn id that lost its capital letters and "
            "names nobody without them; copy it again"
        )
    if "-".join(name.casefold().split()) in _NOBODY:
        raise UnreadableProfileError(f"{_shown(written)} names no person")
    name = folded(name)
    if not _SLUG.fullmatch(name):
        raise UnreadableProfileError(f"{_shown(written)} names no person")
    return Profile(None, name)


def _shown(written: str) -> str:
    text = " ".join(written.split())
    return f'"{text}"' if len(text) <= 80 else f'"{text[:79]}…"'
