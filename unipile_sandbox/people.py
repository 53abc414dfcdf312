"""The people of the network, found by their identifiers.

A person is a function of the seed and the identifier, so a test registers no people.
The sandbox stores only what it cannot compute: the public identifier that a caller used
first, and the overrides that a test set.
"""

import dataclasses
import re
from typing import Any

from unipile_sandbox.chance import chance, chance_id, chance_int

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
    """Everybody, found by provider id or by public identifier."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._public_of: dict[str, str] = {}
        self._provider_of: dict[str, str] = {}
        self._overrides: dict[str, dict[str, Any]] = {}

    def remember_name(self, provider_id: str, public_identifier: str) -> None:
        self._public_of[provider_id] = public_identifier
        self._provider_of[public_identifier] = provider_id

    def remember_overrides(self, provider_id: str, overrides: dict[str, Any]) -> None:
        """Fields that a test fixed: see the control route for people."""
        known = self._overrides.setdefault(provider_id, {})
        known.update(overrides)

    def overrides(self, provider_id: str) -> dict[str, Any]:
        return self._overrides.get(provider_id, {})

    def is_named(self, provider_id: str) -> bool:
        return provider_id in self._public_of

    def provider_id_of(self, identifier: str) -> str | None:
        """The provider id of either identifier; None if it is malformed."""
        if PROVIDER_ID.fullmatch(identifier):
            return identifier
        if not PUBLIC_IDENTIFIER.fullmatch(identifier):
            return None
        known = self._provider_of.get(identifier)
        return known or "ACoAA" + chance_id(self._seed, "person", identifier)

    def public_identifier_of(self, provider_id: str) -> str:
        """The public identifier of a person who was found by provider id."""
        known = self._public_of.get(provider_id)
        if known is not None:
            return known
        first, last = self._names(provider_id)
        return f"{first}-{last}-{self._number(provider_id) % 10**8:08d}".lower()

    def person(self, provider_id: str) -> Person:
        first, last = self._names(provider_id)
        overrides = self.overrides(provider_id)
        return Person(
            provider_id=provider_id,
            public_identifier=self.public_identifier_of(provider_id),
            first_name=overrides.get("first_name", first),
            last_name=overrides.get("last_name", last),
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
        return chance_int(self._seed, "member", provider_id) % 10**9

    def _pick(self, what: str, provider_id: str, choices: list[str]) -> str:
        return choices[int(chance(self._seed, what, provider_id) * len(choices))]
