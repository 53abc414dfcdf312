"""Relation requests and relations: invite, list what is pending, cancel, list."""

from unipile_sandbox.calls import Call
from unipile_sandbox.chance import chance
from unipile_sandbox.clock import iso
from unipile_sandbox.records import Account, ReceivedRequest, Relation
from unipile_sandbox.routes.invitations import RESEND_AFTER
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import REQUIRED_TEXT, TEXT, Rule, Shape
from unipile_sandbox.v2 import shown
from unipile_sandbox.v2.checks import reachable_person, working_account
from unipile_sandbox.v2.errors import V2Error, refusal
from unipile_sandbox.v2.ids import named
from unipile_sandbox.v2.paging import BY_EITHER, cursor_page, offset_page
from unipile_sandbox.v2.serving import V2Route
from unipile_sandbox.world import Sandbox

LONGEST_NOTE = 300


def create_request(sandbox: Sandbox, call: Call) -> Reply:
    """The answer has the request's id, and not the person: the contract may omit it."""
    account = working_account(sandbox, call)
    provider_id, message = call.fields["user_id"], call.fields.get("message")
    reachable_person(sandbox, account, provider_id)
    if message is not None and len(message) > LONGEST_NOTE:
        raise V2Error("provider/invalid_parameters", "The message is too long.")
    world, key = sandbox.world, (account.provider_id, provider_id)
    withdrawn_at = world.withdrawn_at.get(key)
    is_too_early = (
        withdrawn_at is not None and sandbox.clock.now() < withdrawn_at + RESEND_AFTER
    )
    if world.is_related(*key) or key in world.pending_by_person or is_too_early:
        raise refusal(sandbox.settings.v2_refusal_status)
    sandbox.invite(account.account_id, provider_id, message)
    body = shown.sent_request(world, world.pending_by_person[key])
    del body["user"]
    return Reply(body, 201)


def list_requests(sandbox: Sandbox, call: Call) -> Reply:
    """Pending ones only, the newest first; by offset, as the contract says."""
    account = working_account(sandbox, call)
    world = sandbox.world
    if call.query["type"] == "received":
        received = world.received[account.provider_id].oldest_first()[::-1]
        return Reply(
            offset_page(
                sandbox.settings,
                received,
                call.query,
                lambda one: shown.received_request(world, one),
            )
        )
    pending = world.pending[account.provider_id].oldest_first()[::-1]
    return Reply(
        offset_page(
            sandbox.settings,
            pending,
            call.query,
            lambda one: shown.sent_request(world, one),
        )
    )


def cancel_request(sandbox: Sandbox, call: Call) -> Reply:
    """Withdraws a sent request, and refuses a received one: one route does both."""
    account = working_account(sandbox, call)
    name = named("request", call.path["request_id"]) or ""
    invitation = sandbox.world.pending[account.provider_id].get(name)
    if invitation is not None:
        sandbox.withdraw(invitation, account.account_id)
    else:
        request = _received(sandbox, account, name)
        sandbox.answer_request(request, account.account_id, accepts=False)
    return Reply({"object": "RelationRequestCanceled"})


def accept_request(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call)
    name = named("request", call.path["request_id"]) or ""
    request = _received(sandbox, account, name)
    sandbox.answer_request(request, account.account_id, accepts=True)
    return Reply({"object": "RelationRequestConfirmed"})


def _received(sandbox: Sandbox, account: Account, name: str) -> ReceivedRequest:
    request = sandbox.world.received[account.provider_id].get(name)
    if request is None:
        raise V2Error("provider/resource_not_found", "Relation request not found.")
    return request


def list_relations(sandbox: Sandbox, call: Call) -> Reply:
    """In no order that a client can use: the contract states none."""
    account = working_account(sandbox, call)
    world = sandbox.world
    search = call.query.get("search", "").lower()
    relations = sorted(
        (
            relation
            for relation in world.relations[account.provider_id].oldest_first()
            if search in world.people.person(relation.provider_id).name.lower()
        ),
        key=lambda relation: chance(world.seed, "relation", relation.provider_id),
    )

    def show(relation: Relation) -> dict[str, object]:
        return shown.relation(world, relation, sandbox.settings.v2_undated_odds)

    return Reply(cursor_page(sandbox.settings, relations, call.query, show))


def delete_relation(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call)
    provider_id = call.path["user_id"]
    if not sandbox.world.is_related(account.provider_id, provider_id):
        raise V2Error("provider/resource_not_found", "Relation not found.")
    sandbox.record(
        "relation_deleted",
        account_id=account.account_id,
        provider_id=provider_id,
        deleted_at=iso(sandbox.clock.now()),
    )
    return Reply(None, 204)


REQUEST: Shape = {"user_id": REQUIRED_TEXT, "message": Rule()}
REQUESTS: Shape = BY_EITHER | {
    "type": Rule(is_required=True, choices=("sent", "received"))
}
RELATIONS: Shape = BY_EITHER | {"search": TEXT}
ALL_REQUESTS = "/{account_id}/users/me/relation-requests"
ALL_RELATIONS = "/{account_id}/users/me/relations"

ROUTES = [
    V2Route("send_invite", "POST", ALL_REQUESTS, create_request, {}, REQUEST, "json"),
    V2Route("sent_invitations", "GET", ALL_REQUESTS, list_requests, REQUESTS),
    V2Route(
        "cancel_invite",
        "POST",
        f"{ALL_REQUESTS}/{{request_id}}/cancel",
        cancel_request,
    ),
    V2Route(
        "accept_request",
        "POST",
        f"{ALL_REQUESTS}/{{request_id}}/accept",
        accept_request,
    ),
    V2Route("relations", "GET", ALL_RELATIONS, list_relations, RELATIONS),
    V2Route(
        "delete_relation", "DELETE", f"{ALL_RELATIONS}/{{user_id}}", delete_relation
    ),
]
