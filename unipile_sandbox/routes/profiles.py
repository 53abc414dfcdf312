"""Profiles: of a person by identifier, and of the owner of an account."""

from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.chance import chance_int
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.people import Person
from unipile_sandbox.records import Account
from unipile_sandbox.routes.checks import working_account
from unipile_sandbox.serving import ApiRoute, Reply
from unipile_sandbox.shapes import REQUIRED_TEXT, TEXT, Rule, Shape
from unipile_sandbox.world import Sandbox


def get_profile(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.query["account_id"])
    people = sandbox.world.people
    provider_id = people.provider_id_of(call.path["identifier"])
    if provider_id is None:
        raise ProviderError(
            "invalid_resource_identifier", "This is no LinkedIn identifier."
        )
    if people.overrides(provider_id).get("is_missing"):
        raise ProviderError("resource_not_found", "User not found.")
    if not people.is_named(provider_id):
        public = call.path["identifier"]
        if public == provider_id:
            public = people.public_identifier_of(provider_id)
        sandbox.record(
            "person_named", provider_id=provider_id, public_identifier=public
        )
    sections = call.query.get("linkedin_sections", "")
    return Reply(_show(sandbox, account, people.person(provider_id), sections))


def _show(
    sandbox: Sandbox, account: Account, person: Person, sections: str
) -> dict[str, Any]:
    world, owner = sandbox.world, account.provider_id
    is_self = person.provider_id == owner
    is_related = world.is_related(owner, person.provider_id)
    popularity = chance_int(world.seed, "popularity", person.provider_id)
    profile = {
        "object": "UserProfile",
        "provider": "LINKEDIN",
        "provider_id": person.provider_id,
        "public_identifier": person.public_identifier,
        "member_urn": person.member_urn,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "headline": person.headline,
        "primary_locale": {"country": "US", "language": "en"},
        "is_open_profile": popularity % 10 == 0,
        "is_premium": popularity % 4 == 0,
        "is_influencer": False,
        "is_creator": False,
        "is_hiring": False,
        "is_open_to_work": False,
        "is_saved_lead": False,
        "is_crm_imported": False,
        "is_relationship": is_related,
        "is_self": is_self,
        "can_send_inmail": True,
        "location": "Berlin, Germany",
        "websites": [],
        "follower_count": popularity % 5_000,
        "connections_count": popularity % 500,
        "shared_connections_count": popularity % 20,
        "network_distance": "FIRST_DEGREE" if is_related else "SECOND_DEGREE",
        "public_profile_url": person.profile_url,
        "profile_picture_url": person.picture_url,
    }
    if is_self:
        del profile["network_distance"]
    invitation = _invitation(sandbox, owner, person.provider_id)
    if invitation is not None:
        profile["invitation"] = invitation
    return profile | _sections(person, sections)


def _invitation(
    sandbox: Sandbox, owner: str, provider_id: str
) -> dict[str, str] | None:
    if (owner, provider_id) in sandbox.world.pending_by_person:
        return {"type": "SENT", "status": "PENDING"}
    is_related = sandbox.world.is_related(owner, provider_id)
    if is_related:
        return None
    if (owner, provider_id) in sandbox.world.withdrawn_at:
        return {"type": "SENT", "status": "WITHDRAWN"}
    if (owner, provider_id) in sandbox.world.declined:
        return {"type": "SENT", "status": "IGNORED"}
    return None


def _sections(person: Person, wanted: str) -> dict[str, Any]:
    job = {
        "position": person.title,
        "company": person.company,
        "location": "Berlin, Germany",
        "current": True,
        "start": "1/1/2021",
        "end": None,
    }
    everything: dict[str, tuple[str, Any]] = {
        "experience": ("work_experience", [job]),
        "education": ("education", []),
        "languages": ("languages", [{"name": "English"}]),
        "skills": ("skills", []),
        "certifications": ("certifications", []),
        "about": ("summary", f"{person.first_name} works at {person.company}."),
    }
    names = everything if wanted == "*" else wanted.split(",")
    return dict(everything[name] for name in names if name in everything)


def get_own_profile(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.query["account_id"])
    person = sandbox.world.people.person(account.provider_id)
    first, _, last = account.name.partition(" ")
    profile = {
        "object": "AccountOwnerProfile",
        "provider": "LINKEDIN",
        "provider_id": account.provider_id,
        "entity_urn": account.provider_id,
        "object_urn": person.member_urn,
        "first_name": first,
        "last_name": last,
        "profile_picture_url": person.picture_url,
        "public_profile_url": person.profile_url,
        "public_identifier": account.public_identifier,
        "headline": person.headline,
        "location": "Berlin, Germany",
        "email": f"{account.public_identifier}@example.com",
        "premium": bool(account.premium_features),
        "open_profile": False,
        "occupation": person.headline,
        "recruiter": None,
        "sales_navigator": None,
    }
    return Reply(profile)


PROFILE: Shape = {
    "account_id": REQUIRED_TEXT,
    "linkedin_api": Rule(choices=("recruiter", "sales_navigator")),
    "linkedin_sections": TEXT,
    "notify": Rule(kind=bool),
}

ROUTES = [
    ApiRoute(
        "get_own_profile",
        "GET",
        "/users/me",
        get_own_profile,
        {"account_id": REQUIRED_TEXT},
    ),
    ApiRoute("resolve_profile", "GET", "/users/{identifier}", get_profile, PROFILE),
]
