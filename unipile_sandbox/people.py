"""People on the network: who stands behind an identifier.

A person is a function of the seed and the identifier, so nobody needs to be registered.
Only what cannot be computed is remembered: a name that somebody was met by, and what a
test has said of them.
"""

import dataclasses
import re
from typing import Any

from unipile_sandbox.chance import draw, draw_id, draw_int

PROVIDER_ID = re.compile(r"ACoAA[A-Za-z0-9_-]+")
PUBLIC_IDENTIFIER = re.compile(r"[\w.%-]{3,100}")

_FIRST = "Amina Bruno Chloé Dario Elif Farid Grace Hiro Ines Jonas Kavya Leo Mei Noor"
_LAST = "Abara Bianchi Costa Dubois Eriksen Fischer García Haddad Ito Kowalski Müller"
_TITLE = "Founder|Head of Sales|Data Engineer|CTO|Recruiter|Product Manager"
_COMPANY = "Northwind|Initech|Acme|Globex|Umbra Labs|Blue Yonder Freight"


@dataclasses.dataclass(frozen=True)
class Person:
    provider_id: str
    public_identifier: str
    first_name: str
    last_name: str
    title: str
    company: str
    member_number: int

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def headline(self) -> str:
        return f"{self.title} at {self.company}"

    @property
    def profile_url(self) -> str:
        return f"https://www.linkedin.com/in/{self.public_identifier}/"

    @property
    def picture_url(self) -> str:
        return f"https://media.licdn.com/dms/image/{self.provider_id}/photo.jpg"

    @property
    def member_urn(self) -> str:
        return f"urn:li:member:{self.member_number}"


class People:
    """Everybody, looked up by either identifier."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._public_of: dict[str, str] = {}
        self._provider_of: dict[str, str] = {}
        self._wishes: dict[str, dict[str, Any]] = {}

    def remember_name(self, provider_id: str, public_identifier: str) -> None:
        self._public_of[provider_id] = public_identifier
        self._provider_of[public_identifier] = provider_id

    def remember_wishes(self, provider_id: str, wishes: dict[str, Any]) -> None:
        """What a test has said of this person: see the control route for people."""
        known = self._wishes.setdefault(provider_id, {})
        known.update(wishes)

    def wishes(self, provider_id: str) -> dict[str, Any]:
        return self._wishes.get(provider_id, {})

    def is_named(self, provider_id: str) -> bool:
        return provider_id in self._public_of

    def provider_id_of(self, identifier: str) -> str | None:
        """The provider id behind either identifier; None for one that is malformed."""
        if PROVIDER_ID.fullmatch(identifier):
            return identifier
        if not PUBLIC_IDENTIFIER.fullmatch(identifier):
            return None
        known = self._provider_of.get(identifier)
        return known or "ACoAA" + draw_id(self._seed, "person", identifier)

    def named_by(self, provider_id: str) -> str:
        """The public identifier that a person met by provider id goes by."""
        known = self._public_of.get(provider_id)
        if known is not None:
            return known
        first, last = self._names(provider_id)
        return f"{first}-{last}-{self._number(provider_id) % 10**8:08d}".lower()

    def person(self, provider_id: str) -> Person:
        first, last = self._names(provider_id)
        wishes = self.wishes(provider_id)
        return Person(
            provider_id=provider_id,
            public_identifier=self.named_by(provider_id),
            first_name=wishes.get("first_name", first),
            last_name=wishes.get("last_name", last),
            title=self._pick("title", provider_id, _TITLE.split("|")),
            company=self._pick("company", provider_id, _COMPANY.split("|")),
            member_number=self._number(provider_id),
        )

    def _names(self, provider_id: str) -> tuple[str, str]:
        return (
            self._pick("first", provider_id, _FIRST.split()),
            self._pick("last", provider_id, _LAST.split()),
        )

    def _number(self, provider_id: str) -> int:
        return draw_int(self._seed, "member", provider_id) % 10**9

    def _pick(self, what: str, provider_id: str, choices: list[str]) -> str:
        return choices[int(draw(self._seed, what, provider_id) * len(choices))]
