"""Which column of a prospect export is what.

Belongs here: the column names of LinkedIn, Sales Navigator and HubSpot exports, and
what an unknown one is called. Does not: reading rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trueup.templates import FIELDS

# By field, the names by which exports call it, the most trusted first; compared without
# case, blanks and punctuation.
_NAMES = {
    "profile": (
        "LinkedIn Profile URL", "LinkedIn URL", "LinkedIn Profile", "Profile URL",
        "Public Profile URL", "LinkedIn Public URL", "Person LinkedIn URL",
        "LinkedIn Member URL", "Prospect LinkedIn URL", "Contact LinkedIn URL",
        "LinkedIn Contact Profile URL", "hs_linkedin_url", "LinkedIn Bio", "LinkedIn",
        "linkedInProfileUrl", "defaultProfileUrl", "URL", "Profile", "Profile Link",
        "Public Identifier", "Vanity Name", "LinkedIn Username",
        "Sales Navigator URL", "Sales Navigator Profile URL", "salesNavigatorUrl",
        "LinkedIn Sales Navigator URL", "Sales Navigator Lead URL", "Lead URL",
        "Prospect LinkedIn Sales Navigator URL", "LinkedIn Sales URL",
    ),
    "provider_id": (
        "Provider ID", "LinkedIn Member ID", "LinkedIn URL Unique ID",
        "LinkedIn ID", "Member URN",
    ),
    "first_name": ("First Name", "Prospect First Name", "Given Name", "Forename"),
    "last_name": (
        "Last Name", "Prospect Last Name", "Surname", "Family Name", "Second Name",
    ),
    "full_name": (
        "Full Name", "Name", "Prospect Full Name", "Contact Name", "Lead Name",
    ),
    "company": (
        "Company", "Company Name", "Current Company", "Current Company Name",
        "Associated Company", "Primary Associated Company", "Account Name", "Account",
        "Organization", "Organisation", "Employer", "Company / Organization",
    ),
    "job_title": (
        "Job Title", "Position", "Title", "Current Job", "Current Title",
        "Current Position", "Current Job Title", "Role", "Prospect Title",
    ),
    "email": (
        "Email", "Email Address", "E-mail", "E-mail Address", "Work Email",
        "Primary Email", "Professional Email", "Business Email",
    ),
    "location": (
        "Location", "Prospect Location", "Geography", "Person Location",
        "Contact Location", "Lead Location",
    ),
    "industry": ("Industry", "Company Industry", "Account Industry"),
    "connected_on": ("Connected On", "Connected At", "Connection Date"),
    "connection_degree": ("Connection Degree", "Degree", "Network Distance"),
    "do_not_contact": ("Do Not Contact", "DNC", "Unsubscribed", "Opted Out"),
}  # fmt: skip
_IGNORED = re.compile(r"[\W_]+")
_LONGEST_NAME = 63


def normal_form(name: str) -> str:
    """A column's name without case, blanks and punctuation."""
    return _IGNORED.sub("", name).casefold()


_FIELD_OF = {
    normal_form(name): (field, rank)
    for field, names in _NAMES.items()
    for rank, name in enumerate(names)
}
_FIELD_OF |= {
    normal_form(field): (target, 0)
    for field, target in {
        "firstName": "first_name",
        "lastName": "last_name",
        "fullName": "full_name",
        "company": "company",
        "jobTitle": "job_title",
        "email": "email",
        "location": "location",
        "industry": "industry",
    }.items()
    if field in FIELDS
}


@dataclass(frozen=True)
class Columns:
    """Where in a row each thing stands.

    known: by field the columns that may hold it, the most trusted first. custom: by
    column the name under `custom`. named: what each was recognised as, for people.
    """

    count: int
    known: dict[str, tuple[int, ...]]
    custom: dict[int, str]
    named: tuple[tuple[str, str], ...]

    @property
    def has_profile(self) -> bool:
        return "profile" in self.known or "provider_id" in self.known


def recognised(header: Sequence[str], declared: Sequence[str]) -> Columns:
    """The columns of a header. declared: the campaign's custom fields, whose spelling
    wins over the column's own."""
    known: dict[str, list[tuple[int, int]]] = {}
    custom: dict[int, str] = {}
    named: list[tuple[str, str]] = []
    declared_by_form = {normal_form(name): name for name in declared}
    for index, written in enumerate(header):
        name = written.strip()
        is_custom = name[:7].casefold() in ("custom.", "custom:")
        form = normal_form(name[7:] if is_custom else name)
        field, rank = _FIELD_OF.get(form, (None, 0))
        if is_custom or form in declared_by_form:
            field = None
        if field is not None:
            known.setdefault(field, []).append((rank, index))
            named.append((name, field))
        elif form:
            chosen = declared_by_form.get(form) or _custom_name(
                name[7:] if is_custom else name
            )
            if chosen and chosen not in custom.values():
                custom[index] = chosen
                named.append((name, f"custom.{chosen}"))
            else:
                named.append((name, "left out: another column has that name"))
    return Columns(
        count=len(header),
        known={
            field: tuple(index for _, index in sorted(places))
            for field, places in known.items()
        },
        custom=custom,
        named=tuple(named),
    )


def _custom_name(written: str) -> str:
    """A name that a template can say: lower case, digits and `_`."""
    name = re.sub(r"[^a-z0-9]+", "_", written.casefold().strip()).strip("_")
    if name[:1].isdigit():
        name = f"c_{name}"
    return name[:_LONGEST_NAME]
