"""Profiles: of a person by user id or public identifier, and of the owner as `me`."""

from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.chance import chance_id, chance_int
from unipile_sandbox.people import Person
from unipile_sandbox.records import Account
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import REQUIRED_TEXT, TEXT, Rule, Shape
from unipile_sandbox.v2 import shown
from unipile_sandbox.v2.checks import working_account
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.serving import V2Route
from unipile_sandbox.world import Sandbox

SECTIONS = (
    "experience",
    "education",
    "languages",
    "skills",
    "certifications",
    "volunteer_experience",
    "projects",
    "recommendations",
)
PRODUCT_OF_VARIANT = {
    "linkedin_classic": "classic",
    "linkedin_sales_navigator": "sales_navigator",
    "linkedin_recruiter": "recruiter",
}


def get_own_profile(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call)
    person = sandbox.world.people.person(account.provider_id)
    return Reply(_profile(sandbox, account, person, _sections_asked(call)))


def get_profile(sandbox: Sandbox, call: Call) -> Reply:
    product = PRODUCT_OF_VARIANT[call.query.get("variant", "linkedin_classic")]
    account = working_account(sandbox, call, product)
    identifier, people = call.path["user_id"], sandbox.world.people
    provider_id = people.provider_id_of(identifier)
    is_own_slug = identifier == account.public_identifier
    if provider_id is None or is_own_slug:
        raise V2Error(
            "provider/invalid_parameters", "The user id is not valid; yours is me."
        )
    overrides = people.overrides(provider_id)
    if overrides.get("is_missing"):
        raise V2Error("provider/resource_not_found", "User not found.")
    if overrides.get("is_closed"):
        raise V2Error("provider/insufficient_permissions", "This profile is closed.")
    if not people.is_named(provider_id):
        public = identifier
        if public == provider_id:
            public = people.public_identifier_of(provider_id)
        sandbox.record(
            "person_named", provider_id=provider_id, public_identifier=public
        )
    sections = _sections_asked(call)
    return Reply(_profile(sandbox, account, people.person(provider_id), sections))


def _sections_asked(call: Call) -> list[str]:
    text = call.query.get("with_sections", "")
    sections = [section for section in text.split(",") if section]
    for section in sections:
        if section not in SECTIONS:
            raise V2Error("api/invalid_parameters", f"There is no section {section!r}.")
    return sections


def _profile(
    sandbox: Sandbox, account: Account, person: Person, sections: list[str]
) -> dict[str, Any]:
    world = sandbox.world
    popularity = chance_int(world.seed, "popularity", person.provider_id)
    return shown.user(person) | {
        "object": "UserProfile",
        "first_name": person.first_name,
        "last_name": person.last_name,
        "bio": f"{person.first_name} works at {person.company}.",
        "location": "Berlin, Germany",
        "followers_count": popularity % 5_000,
        "relations_count": popularity % 500,
        "is_blocked": False,
        "provider": "linkedin",
        "specifics": {
            "member_id": str(person.member_number),
            "can_send_inmail": True,
            "is_open_profile": popularity % 10 == 0,
            "is_premium": popularity % 4 == 0,
            "notify_visit_token": chance_id(0, "visit", person.provider_id),
            "messaging_identifier": person.provider_id,
            **_closeness(sandbox, account.provider_id, person.provider_id),
            **_sections(sandbox, person, sections),
        },
    }


def _closeness(sandbox: Sandbox, owner: str, provider_id: str) -> dict[str, Any]:
    """The distance to a person, and what became of an invitation to them."""
    world, key = sandbox.world, (owner, provider_id)
    if provider_id == owner:
        return {"network_distance": "SELF"}
    if world.is_related(*key):
        return {"network_distance": "FIRST_DEGREE"}
    found: dict[str, Any] = {"network_distance": "SECOND_DEGREE"}
    pending = world.pending_by_person.get(key)
    if pending is not None:
        found["relation_request"] = shown.sent_request(world, pending)
        found["relation_request_status"] = "PENDING"
    elif key in world.withdrawn_at:
        found["relation_request_status"] = "WITHDRAWN"
    elif key in world.declined:
        found["relation_request_status"] = "IGNORED"
    return found


def _sections(sandbox: Sandbox, person: Person, wanted: list[str]) -> dict[str, Any]:
    """Only those asked for; throttled ones are named and left out."""
    job = {"position": person.title, "company": person.company}
    known: dict[str, Any] = {name: [] for name in SECTIONS} | {
        "experience": [job],
        "languages": [{"name": "English"}],
        "recommendations": {},
    }
    overrides = sandbox.world.people.overrides(person.provider_id)
    throttled = [
        name for name in wanted if name in overrides.get("throttled_sections", [])
    ]
    found = {name: known[name] for name in wanted if name not in throttled}
    return found | ({"throttled_sections": throttled} if throttled else {})


def visit_profile(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call)
    sandbox.record(
        "profile_visited", account_id=account.account_id, token=call.query["token"]
    )
    return Reply({"object": "ProfileVisited"})


PROFILE: Shape = {
    "with_sections": TEXT,
    "variant": Rule(choices=tuple(PRODUCT_OF_VARIANT)),
}

ROUTES = [
    V2Route(
        "get_own_profile",
        "GET",
        "/{account_id}/users/me",
        get_own_profile,
        {"with_sections": TEXT},
    ),
    V2Route(
        "visit_profile",
        "POST",
        "/{account_id}/users/visit-profile",
        visit_profile,
        {"token": REQUIRED_TEXT},
    ),
    V2Route(
        "resolve_profile", "GET", "/{account_id}/users/{user_id}", get_profile, PROFILE
    ),
]
