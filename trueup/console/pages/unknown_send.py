"""One call that nobody answered: what is known of it, and a person's decision.

Belongs here: the page and the decision. Does not: the list (`today.py`), and who looks
such calls up by itself (`trueup/inbound/lists/unknown_sends.py`).
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form, RefusedError
from trueup.console.pages.accounts import now_of
from trueup.console.rendering import render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    id_of,
    page,
    reading,
    rows_of,
)
from trueup.heals.decisions import decide_unknown_send


def show_unknown_send(request: Request) -> Response:
    """What is known of one call."""
    workspace_id, attempt_id = _key_of(request)
    with reading(request) as connection:
        now = now_of(connection)
        found = rows_of(
            connection,
            "select * from outreach.console_unknown_sends(%(workspace_id)s,"
            " %(attempt_id)s, false, null, null, null, 1)",
            {"workspace_id": workspace_id, "attempt_id": attempt_id},
        )
    if not found:
        raise HTTPException(
            404,
            "No call with this number waits for an answer. It may have been decided "
            "or found at the provider meanwhile.",
        )
    return render(
        request,
        "unknown_send.html",
        send=found[0],
        base=f"/today/sends/{workspace_id}/{attempt_id}",
        now=now,
    )


def decide_sent(request: Request, form: Form) -> Response:
    """The person did receive it."""
    return _decide(request, form, is_sent=True)


def decide_unsent(request: Request, form: Form) -> Response:
    """The person did not receive it: it is queued and sent again."""
    return _decide(request, form, is_sent=False)


def _decide(request: Request, form: Form, *, is_sent: bool) -> Response:
    workspace_id, attempt_id = _key_of(request)
    reason = form.needed("reason", "Say how you know: it is kept with the decision.")
    with acting(request) as connection:
        outcome = decide_unknown_send(
            connection,
            workspace_id,
            attempt_id,
            is_sent=is_sent,
            reason=reason,
            actor=actor_of(request),
            commit=True,
        )
    if outcome.verdict != "kept":
        raise RefusedError(outcome.error or "Somebody decided this call before you.")
    return done(
        request,
        "/today",
        "The call counts as sent; it is not made again."
        if is_sent
        else "The call counts as not sent; it is queued and made again.",
    )


def _key_of(request: Request) -> tuple[int, int]:
    return id_of(request, "workspace_id"), id_of(request, "attempt_id")


_PATH = "/today/sends/{workspace_id}/{attempt_id}"
ROUTES = [
    page(_PATH, show_unknown_send),
    act(f"{_PATH}/sent", decide_sent, show_unknown_send),
    act(f"{_PATH}/unsent", decide_unsent, show_unknown_send),
]
