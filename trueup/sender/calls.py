"""The call of a begun attempt, and its answer in the ledger's format.

Belongs here: making the call once, without raising errors of the provider or the
network. Does not: the call of each action (`acts.py`), or the meaning of an outcome,
which rows in the database define.
"""

import dataclasses
from typing import Any

from trueup.sender import fail_points
from trueup.sender.acts import ACTS, Made
from trueup.sender.rendering import RenderedSend
from trueup.unipile.answer import Answer
from trueup.unipile.provider import Provider
from trueup.unipile.storable import storable
from trueup.unipile.walk import limits_of

# It is part of an alert's subject, which is indexed.
LONGEST_ERROR_TYPE = 200


@dataclasses.dataclass(frozen=True)
class CallAnswer:
    """The result of one attempt's call, for `outreach.append_send_outcomes`.

    account_answers: after a 404, whether the provider still knows the account; None if
        that was not checked or is not known. facts: see `acts.Made`, and rate_limit,
        the headers of the provider's own limit.
    """

    attempt_id: int
    reached: str
    http_status: int | None = None
    error_type: str | None = None
    detail: str | None = None
    is_well_formed: bool = False
    provider_reference: str | None = None
    retry_after: str | None = None
    latency_ms: int | None = None
    raw_response: str | None = None
    account_answers: bool | None = None
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


async def call(provider: Provider, send: RenderedSend, attempt_id: int) -> CallAnswer:
    """Make the call of a begun attempt, once; errors become the result."""
    if not send.provider_account_id:
        return uncalled(
            attempt_id, "the account had no id at the provider when claimed"
        )
    fail_points.reached("before_call")
    try:
        made = await ACTS[send.action](provider, send)
    except (KeyError, ValueError) as error:
        # The request cannot be built: an action without a call, or an empty id.
        return uncalled(attempt_id, f"the request could not be made: {error}")
    fail_points.reached("after_answer")
    account_answers = None
    if made.answer.http_status == 404:
        account_answers = await _account_answers(provider, send.provider_account_id)
    return _answer_of(made, attempt_id, account_answers)


def uncalled(attempt_id: int, why: str) -> CallAnswer:
    """The outcome of an attempt whose call was never made."""
    return CallAnswer(attempt_id, "not_sent", detail=storable(why))


def lost(attempt_id: int, why: str) -> CallAnswer:
    """The outcome of an attempt whose call was begun and cancelled."""
    return CallAnswer(attempt_id, "unanswered", detail=storable(why))


async def _account_answers(provider: Provider, account_id: str) -> bool | None:
    """Whether a 404 concerns the person, because our account is still known."""
    answer = await provider.get_account(account_id)
    if answer.is_success:
        return True
    return False if answer.http_status == 404 else None


def _answer_of(made: Made, attempt_id: int, account_answers: bool | None) -> CallAnswer:
    answer = made.answer
    return CallAnswer(
        attempt_id=attempt_id,
        reached=answer.reached,
        http_status=answer.http_status,
        error_type=answer.error_type and answer.error_type[:LONGEST_ERROR_TYPE],
        detail=answer.detail,
        is_well_formed=made.is_well_formed,
        provider_reference=made.reference,
        retry_after=answer.retry_after,
        latency_ms=answer.latency_ms,
        raw_response=answer.raw,
        account_answers=account_answers,
        facts=made.facts | _limits(answer),
    )


def _limits(answer: Answer) -> dict[str, Any]:
    """What the answer says of the provider's own limit, as a fact."""
    limits = limits_of(answer)
    is_told = any(name.startswith("x-ratelimit-") for name in limits)
    return {"rate_limit": limits} if is_told else {}


def as_row(answer: CallAnswer) -> dict[str, Any]:
    return vars(answer)
