"""One provider call for each action, and what its answer proves.

Belongs here: which method an action calls, where the id is in its answer, and the
look-up after an ambiguous refusal. Does not: the meaning of an outcome, which rows in
the database define.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from trueup.sender.rendering import RenderedSend
from trueup.unipile.answer import Answer
from trueup.unipile.profiles import relationship, says_relationship
from trueup.unipile.provider import Provider
from trueup.unipile.public_identifiers import comparable
from trueup.unipile.storable import REPLACEMENT
from trueup.unipile.walk import BUDGET_SPENT, Walk

# Far longer than any id of the provider, and shorter than the limit of an index entry.
LONGEST_ID = 500
# Types after which the facts are looked up: the rows of provider_error_classes that ask
# for the profile.
UNEXPLAINED_TYPES = (
    "cannot_resend_yet",
    "provider/unprocessable_entity",
    "provider/conflict",
    "provider/invalid_parameters",
    "provider/method_not_allowed",
    "provider/too_many_requests",
    "api/conflict",
)
# The provider gives its usage in percent; anything above this is not one.
MOST_USAGE = 1000


@dataclasses.dataclass(frozen=True)
class Made:
    """A call that was made.

    is_well_formed: the answer is the object that the contract promises. reference: the
    id that proves the act, None where the answer has none. facts: what the answer, or a
    second look, says of the person: chat_id, public_identifier, is_connected,
    is_invite_pending, is_invite_closed; is_list_read, whether the pending invites that
    had to be read were; walk, the calls of that read and what it says of limits.
    """

    answer: Answer
    is_well_formed: bool = False
    reference: str | None = None
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


async def _resolve_profile(provider: Provider, send: RenderedSend) -> Made:
    answer = await provider.resolve_profile(send.provider_account_id, send.recipient)
    provider_id = _text(answer, "UserProfile", "provider_id")
    if provider_id is None:
        return Made(answer)
    return Made(answer, True, provider_id, _profile_facts(answer))


async def _send_invite(provider: Provider, send: RenderedSend) -> Made:
    answer = await provider.send_invite(
        send.provider_account_id, send.recipient, send.texts.get("note") or None
    )
    made = _made(answer, "UserInvitationSent", "invitation_id")
    usage = (answer.body or {}).get("usage") if made.is_well_formed else None
    if isinstance(usage, int | float) and 0 <= usage <= MOST_USAGE:
        made = dataclasses.replace(made, facts={"usage": usage})
    return await _explained(provider, send, made)


async def _send_message(provider: Provider, send: RenderedSend) -> Made:
    text = send.texts["message"]
    if send.chat_id is not None:
        answer = await provider.send_message(
            send.provider_account_id, send.chat_id, text
        )
        made = _made(answer, "MessageSent", "message_id")
    else:
        answer = await provider.start_chat(
            send.provider_account_id, send.recipient, text
        )
        made = _chat_made(answer, _text(answer, "ChatStarted", "message_id"))
    return await _explained(provider, send, made)


async def _send_inmail(provider: Provider, send: RenderedSend) -> Made:
    answer = await provider.start_chat(
        send.provider_account_id,
        send.recipient,
        send.texts["body"],
        subject=send.texts["subject"],
        inmail_api=send.inmail_api,
    )
    # An InMail opens its own chat, which proves it.
    proof = _text(answer, "ChatStarted", "chat_id")
    return _chat_made(answer, proof or _text(answer, "ChatStarted", "message_id"))


async def _comment(provider: Provider, send: RenderedSend) -> Made:
    answer = await provider.post_comment(
        send.provider_account_id, send.social_id or "", send.texts["comment"]
    )
    # Version 1 gives no id of a comment; only the post's comments prove it then.
    return _made(answer, "CommentSent", "comment_id")


async def _withdraw_invite(provider: Provider, send: RenderedSend) -> Made:
    if send.invitation_id is not None:
        made = await _cancel(provider, send, send.invitation_id)
        if made.answer.http_status != 404:
            return await _explained(provider, send, made)
    # The ledger's id is outdated or was never known, so search for the invite itself.
    walk = await _pending_invites(provider, send)
    made = await _withdraw_found(provider, send, walk)
    return dataclasses.replace(made, facts=made.facts | _walk_facts(send, walk))


async def _withdraw_found(provider: Provider, send: RenderedSend, walk: Walk) -> Made:
    for item in walk.items:
        if item.get("invited_user_id") == send.recipient:
            return await _cancel(provider, send, item["id"])
    if walk.stopped_by is not None:
        # Only a read failed; no withdrawal was requested.
        stopped_by = walk.stopped_by
        if stopped_by.reached == "answered" and not stopped_by.is_success:
            return Made(stopped_by)
        return Made(dataclasses.replace(stopped_by, reached="not_sent"))
    if not walk.is_complete:
        # A list in doubt does not show that the invite is gone.
        return Made(dataclasses.replace(_UNREAD, detail=walk.why_stopped))
    missing = dataclasses.replace(
        _NOT_PENDING, detail="the invite is not among the pending ones"
    )
    return Made(missing, facts=await _look(provider, send))


_NOT_PENDING = Answer(
    reached="answered",
    http_status=404,
    error_type="resource_not_found",
    detail=None,
    body=None,
    raw="",
    retry_after=None,
    latency_ms=0,
)
_UNREAD = dataclasses.replace(
    _NOT_PENDING, reached="not_sent", http_status=None, error_type=None
)


async def _cancel(provider: Provider, send: RenderedSend, invitation_id: str) -> Made:
    answer = await provider.cancel_invite(send.provider_account_id, invitation_id)
    if not _is_object(answer, "InvitationCanceled"):
        return Made(answer)
    return Made(answer, True, invitation_id)


async def _explained(provider: Provider, send: RenderedSend, made: Made) -> Made:
    """The call with the facts that explain a refusal whose type does not say why.

    cannot_resend_yet has four meanings; the types of version 2 name no cause at all.
    """
    answer = made.answer
    is_refusal = answer.reached == "answered" and not answer.is_success
    if not is_refusal or answer.error_type not in UNEXPLAINED_TYPES:
        return made
    facts = await _look(provider, send)
    is_explained = not facts or facts["is_connected"] or facts["is_invite_pending"]
    is_of_invite = send.action in ("send_invite", "withdraw_invite")
    if provider.version == 2 and is_of_invite and not is_explained:
        # A profile does not always show the request; the list of pending ones does.
        walk = await _pending_invites(provider, send)
        people = [item.get("invited_user_id") for item in walk.items]
        facts["is_invite_pending"] = is_pending = send.recipient in people
        # A list in doubt does not show that the invite is gone.
        facts["is_list_read"] = is_pending or walk.is_complete
        facts |= _walk_facts(send, walk)
    return dataclasses.replace(made, facts=made.facts | facts)


async def _pending_invites(provider: Provider, send: RenderedSend) -> Walk:
    """The account's pending invites, as far as its calls of the day for that last."""
    if send.walk_pages is None:
        return await provider.sent_invitations(send.provider_account_id)
    if send.walk_pages < 1:
        return Walk((), False, 0, None, BUDGET_SPENT)
    return await provider.sent_invitations(
        send.provider_account_id, max_pages=send.walk_pages
    )


def _walk_facts(send: RenderedSend, walk: Walk) -> dict[str, Any]:
    """The calls of a walk, for `outreach.note_walks`; nothing without a bound."""
    if send.walk_pages is None or not walk.calls:
        return {}
    return {"walk": {"calls": walk.calls, "rate_limit": walk.limits}}


async def _look(provider: Provider, send: RenderedSend) -> dict[str, Any]:
    """What the person's profile says now; nothing where it could not be read.

    One from a cache shows a connection or a request, and never that there is none.
    """
    answer = await provider.resolve_profile(send.provider_account_id, send.recipient)
    is_profile = _text(answer, "UserProfile", "provider_id") is not None
    if not is_profile or not says_relationship(answer.body or {}):
        return {}
    facts = _profile_facts(answer)
    shows_any = facts["is_connected"] or facts["is_invite_pending"]
    return {} if answer.is_from_cache and not shows_any else facts


def _profile_facts(answer: Answer) -> dict[str, Any]:
    body = answer.body or {}
    shown = relationship(body)
    facts: dict[str, Any] = {
        "is_connected": shown.is_connected,
        "is_invite_pending": shown.invitation_status == "PENDING",
        "is_invite_closed": shown.invitation_status in ("WITHDRAWN", "IGNORED"),
    }
    public_identifier = comparable(_keepable(body.get("public_identifier")))
    if public_identifier is not None:
        facts["public_identifier"] = public_identifier
    return facts


def _chat_made(answer: Answer, reference: str | None) -> Made:
    chat_id = _text(answer, "ChatStarted", "chat_id")
    facts = {} if chat_id is None else {"chat_id": chat_id}
    return Made(answer, _is_object(answer, "ChatStarted"), reference, facts)


def _made(answer: Answer, object_name: str, key: str) -> Made:
    return Made(
        answer, _is_object(answer, object_name), _text(answer, object_name, key)
    )


def _is_object(answer: Answer, name: str) -> bool:
    return answer.is_success and (answer.body or {}).get("object") == name


def _text(answer: Answer, object_name: str, key: str) -> str | None:
    """An id in a well-formed answer; None where there is none that can be kept."""
    if not _is_object(answer, object_name) or answer.body is None:
        return None
    return _keepable(answer.body.get(key))


def _keepable(value: object) -> str | None:
    """An id as the tables and their indexes can hold it; no other proves anything."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        return None
    return None if REPLACEMENT in value else value


Act = Callable[[Provider, RenderedSend], Awaitable[Made]]

ACTS: dict[str, Act] = {
    "resolve_profile": _resolve_profile,
    "send_invite": _send_invite,
    "send_message": _send_message,
    "send_inmail": _send_inmail,
    "comment": _comment,
    "withdraw_invite": _withdraw_invite,
}
