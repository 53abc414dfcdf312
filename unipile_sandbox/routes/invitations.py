"""Invitations and relations: invite, list what is pending, withdraw, list relations."""

import datetime
from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.chance import chance_id
from unipile_sandbox.clock import iso
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.paging import page_of
from unipile_sandbox.records import Account, Invitation, Relation
from unipile_sandbox.routes.checks import (
    reachable_person,
    working_account,
)
from unipile_sandbox.serving import ApiRoute, Reply
from unipile_sandbox.shapes import (
    REQUIRED_TEXT,
    TEXT,
    Rule,
    Shape,
    limit_rule,
)
from unipile_sandbox.world import Sandbox

# After a withdrawal LinkedIn refuses a new invitation for three weeks.
RESEND_AFTER = datetime.timedelta(days=21)


def send_invite(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.fields["account_id"])
    provider_id = call.fields["provider_id"]
    reachable_person(sandbox, account, provider_id)
    world, key = sandbox.world, (account.provider_id, provider_id)
    if world.is_related(*key):
        raise ProviderError("already_connected", "You are connected already.")
    if key in world.pending_by_person:
        raise ProviderError(
            "already_invited_recently", "An invitation to this person is pending."
        )
    withdrawn_at = world.withdrawn_at.get(key)
    if withdrawn_at is not None and sandbox.clock.now() < withdrawn_at + RESEND_AFTER:
        raise ProviderError(
            "cannot_resend_yet", "An invitation to this person was withdrawn lately."
        )
    message = call.fields.get("message")
    invitation_id = sandbox.invite(account.account_id, provider_id, message)
    body = {"object": "UserInvitationSent", "invitation_id": invitation_id}
    return Reply(body, 201)


def list_sent(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.query["account_id"])

    def show(invitation: Invitation) -> dict[str, Any]:
        return _show_invitation(sandbox, account, invitation)

    index = sandbox.world.pending[account.provider_id]
    return Reply(page_of(index, "InvitationList", call.query, 10, show))


def _show_invitation(
    sandbox: Sandbox, account: Account, invitation: Invitation
) -> dict[str, Any]:
    person = sandbox.world.people.person(invitation.provider_id)
    inviter = sandbox.world.people.person(account.provider_id)
    days = (sandbox.clock.now() - invitation.sent_at).days
    ago = {0: "Sent today", 1: "Sent yesterday"}.get(days, f"Sent {days} days ago")
    return {
        "object": "InvitationSent",
        "id": invitation.invitation_id,
        "invited_user": person.name,
        "invited_user_id": person.provider_id,
        "invited_user_public_id": person.public_identifier,
        "invited_user_description": person.headline,
        "date": ago,
        "parsed_datetime": iso(invitation.sent_at),
        "invitation_text": invitation.message,
        "inviter": {
            "inviter_name": account.name,
            "inviter_id": account.provider_id,
            "inviter_public_identifier": account.public_identifier,
            "inviter_description": inviter.headline,
        },
        "specifics": {
            "provider": "LINKEDIN",
            "shared_secret": chance_id(0, "secret", invitation.invitation_id)[:8],
        },
    }


def cancel_invite(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.query["account_id"])
    index = sandbox.world.pending[account.provider_id]
    invitation = index.get(call.path["invitation_id"])
    if invitation is None:
        raise ProviderError("resource_not_found", "Invitation not found.")
    sandbox.withdraw(invitation, account.account_id)
    return Reply({"object": "InvitationCanceled"})


def list_relations(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.query["account_id"])
    people = sandbox.world.people
    wanted = call.query.get("filter", "").lower()

    def show(relation: Relation) -> dict[str, Any]:
        person = people.person(relation.provider_id)
        return {
            "object": "UserRelation",
            "first_name": person.first_name,
            "last_name": person.last_name,
            "headline": person.headline,
            "public_identifier": person.public_identifier,
            "public_profile_url": person.profile_url,
            "created_at": round(relation.created_at.timestamp() * 1_000),
            "member_id": person.provider_id,
            "member_urn": person.member_urn,
            "connection_urn": f"urn:li:fsd_connection:{person.provider_id}",
            "profile_picture_url": person.picture_url,
        }

    index = sandbox.world.relations[account.provider_id]
    page = page_of(index, "UserRelationsList", call.query, 100, show)
    if wanted:
        page["items"] = [
            item
            for item in page["items"]
            if wanted in f"{item['first_name']} {item['last_name']}".lower()
        ]
    return Reply(page)


INVITE: Shape = {
    "account_id": REQUIRED_TEXT,
    "provider_id": REQUIRED_TEXT,
    "message": Rule(longest=300),
    "user_email": TEXT,
}
PAGE: Shape = {
    "account_id": REQUIRED_TEXT,
    "limit": limit_rule(100),
    "cursor": TEXT,
}
RELATIONS: Shape = PAGE | {"limit": limit_rule(1_000), "filter": TEXT}

ROUTES = [
    ApiRoute("send_invite", "POST", "/users/invite", send_invite, {}, INVITE, "json"),
    ApiRoute("sent_invitations", "GET", "/users/invite/sent", list_sent, PAGE),
    ApiRoute(
        "cancel_invite",
        "DELETE",
        "/users/invite/sent/{invitation_id}",
        cancel_invite,
        {"account_id": REQUIRED_TEXT},
    ),
    ApiRoute("relations", "GET", "/users/relations", list_relations, RELATIONS),
]
