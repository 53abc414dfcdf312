"""One provider call for each action, and what its answer proves.

Belongs here: which method an action calls and where the id in its answer stands. What
an outcome means is rows in the database.
"""

import dataclasses
from typing import Any

from dagster_project.sender.rendering import RenderedSend
from dagster_project.unipile.answer import Answer
from dagster_project.unipile.client import UnipileClient

# The id that proves an action was done, and the object that carries it.
PROOFS = {"send_invite": ("UserInvitationSent", "invitation_id")}


@dataclasses.dataclass(frozen=True)
class CallAnswer:
    """What one attempt's call came to, as `outreach.record_send_outcomes` takes it."""

    attempt_id: int
    reached: str
    http_status: int | None
    error_type: str | None
    detail: str | None
    is_well_formed: bool
    provider_reference: str | None
    retry_after: str | None
    latency_ms: int | None
    raw_response: str | None


async def call(
    provider: UnipileClient, send: RenderedSend, attempt_id: int
) -> CallAnswer:
    """Make the call of a begun attempt, once. Never raises for what came of it."""
    answer = await _request(provider, send)
    proof_object, proof_key = PROOFS[send.action]
    is_well_formed = (
        answer.body is not None and answer.body.get("object") == proof_object
    )
    reference = answer.body.get(proof_key) if is_well_formed else None
    return CallAnswer(
        attempt_id=attempt_id,
        reached=answer.reached,
        http_status=answer.http_status,
        error_type=answer.error_type,
        detail=_storable(answer.detail),
        is_well_formed=is_well_formed,
        provider_reference=reference if isinstance(reference, str) else None,
        retry_after=_storable(answer.retry_after),
        latency_ms=answer.latency_ms,
        raw_response=_storable(answer.raw),
    )


def uncalled(attempt_id: int, why: str) -> CallAnswer:
    """The outcome of an attempt whose call was never made."""
    return CallAnswer(
        attempt_id=attempt_id,
        reached="not_sent",
        http_status=None,
        error_type=None,
        detail=why,
        is_well_formed=False,
        provider_reference=None,
        retry_after=None,
        latency_ms=None,
        raw_response=None,
    )


async def _request(provider: UnipileClient, send: RenderedSend) -> Answer:
    match send.action:
        case "send_invite":
            return await provider.send_invite(
                send.provider_account_id,
                send.recipient_provider_id,
                send.texts.get("note"),
            )
        case action:
            raise ValueError(f"The sender has no call for the action {action}.")


def _storable(text: str | None) -> str | None:
    """Postgres keeps no NUL characters."""
    return None if text is None else text.replace("\x00", "�")


def as_row(answer: CallAnswer) -> dict[str, Any]:
    return dataclasses.asdict(answer)
