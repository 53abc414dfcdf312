"""Demo prospects: invented people with the fields that templates name.

Belongs here: names as plain data. Every one is a function of a number, so that two
loads make the same people.
"""

import dataclasses
import hashlib

FIRST_NAMES = (
    "Ada", "Bruno", "Chloé", "Daan", "Elena", "Femi", "Grace", "Hugo", "Isla", "Jules",
    "Kenji", "Lena", "Mira", "Nils", "Otto", "Petra", "Rosa", "Sami", "Tove", "Zeynep",
)  # fmt: skip
LAST_NAMES = (
    "Almeida", "Brandt", "Castillo", "Dvorak", "Eriksen", "Fischer", "García", "Haddad",
    "Ito", "Jansen", "Kowalski", "Laurent", "Moreau", "Novak", "Okafor", "Petrov",
    "Quist", "Rossi", "Silva", "Tanaka",
)  # fmt: skip
COMPANIES = (
    "Northwind Traders", "Blue Yonder", "Contoso", "Fabrikam", "Litware", "Tailspin",
    "Wingtip", "Adatum", "Proseware", "Lucerne", "",
)  # fmt: skip
JOB_TITLES = ("Founder", "Head of Sales", "Data Engineer", "COO", "Recruiter")


@dataclasses.dataclass(frozen=True)
class DemoPerson:
    provider_id: str
    public_identifier: str
    first_name: str
    last_name: str
    company: str | None
    job_title: str


def demo_person(number: int) -> DemoPerson:
    """The person with that number; every eleventh has no company."""
    first_name = FIRST_NAMES[number % len(FIRST_NAMES)]
    last_name = LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]
    if number == 0:
        last_name = "Lovelace"  # The examples of the help texts name Ada Lovelace.
    digest = hashlib.sha256(f"demo person {number}".encode()).hexdigest()
    return DemoPerson(
        provider_id=f"ACoAA{digest[:34]}",
        public_identifier=f"{first_name}-{last_name}-{number}".lower(),
        first_name=first_name,
        last_name=last_name,
        company=COMPANIES[number % len(COMPANIES)] or None,
        job_title=JOB_TITLES[number % len(JOB_TITLES)],
    )
