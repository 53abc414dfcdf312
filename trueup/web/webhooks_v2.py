"""`POST /webhooks/unipile/v2`: stores a signed webhook, then answers 200.

Belongs here: who may tell, by the signature over the raw body, and which application's
events are ours. Does not: the signature itself (`signatures.py`), or what an event
means (`trueup.inbound.webhooks`).
"""

import time

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from trueup.inbound.webhooks.payloads_v2 import Envelope, read_envelope
from trueup.web.bodies import (
    LARGEST_BODY,
    TooBusyError,
    TooLargeError,
    body_of,
    say,
)
from trueup.web.endpoint_secrets import UnknownSecretsError
from trueup.web.group_commit import Webhook
from trueup.web.settings import ENVIRONMENT
from trueup.web.signatures import (
    HEADER,
    Judgement,
    Signature,
    judge_signature,
    read_signature,
)
from trueup.web.webhooks import keep_webhook

_SENTENCES = {
    "no_signature": (401, f"A webhook has the header {HEADER}; this one has none."),
    "unreadable_signature": (
        401,
        f"The header {HEADER} is not t=<seconds>,v0=<64 hexadecimal digits>.",
    ),
    "wrong_signature": (
        401,
        "No endpoint that this receiver knows signs like this. Run the audit of the "
        "endpoints, which stores their secrets.",
    ),
    "old_signature": (
        401,
        "The signature is right, but its time is more than 300 seconds away. Set this "
        "machine's clock, or send the webhook with a new signature.",
    ),
    "wrong_application": (
        403,
        "The event is of another application than the endpoint that signed it.",
    ),
    "wrong_environment": (
        403,
        "The event is of an application in another environment. Set "
        f"{ENVIRONMENT} to production or development, as the application is.",
    ),
}


async def receive_signed_webhook(request: Request) -> Response:
    given = request.headers.getlist(HEADER)
    if not given:
        return _refuse(request, "no_signature")
    # Header lines of the same name mean the same as one with commas.
    signature = read_signature(",".join(given))
    if signature is None:
        return _refuse(request, "unreadable_signature")
    try:
        async with body_of(request, LARGEST_BODY) as body:
            return await _keep_if_signed(request, signature, body)
    except ClientDisconnect:
        return Response(status_code=400)
    except TooLargeError:
        return say(413, f"A webhook has at most {LARGEST_BODY} bytes; this has more.")
    except TooBusyError:
        return say(503, "Too many webhooks arrive at once; send it again later.")
    except UnknownSecretsError:
        return say(503, "The webhook could not be checked; send it again later.")


async def _keep_if_signed(
    request: Request, signature: Signature, body: bytes
) -> Response:
    judged, application_id = await _judge(request, signature, body)
    if judged.fault is not None:
        return _refuse(request, judged.fault)
    envelope = read_envelope(body)
    fault = _fault_of_origin(
        envelope, application_id, request.app.state.secrets.is_production
    )
    if fault is not None:
        return _refuse(request, fault)
    return await keep_webhook(
        request,
        body,
        lambda content_type: Webhook(body, content_type, 2, envelope.event_id),
    )


async def _judge(
    request: Request, signature: Signature, body: bytes
) -> tuple[Judgement, str | None]:
    """The judgement, and the application of the endpoint that signed."""
    judged = Judgement(None, "wrong_signature")
    for is_unknown in (False, True):
        known = await request.app.state.endpoint_secrets.secrets(is_unknown=is_unknown)
        judged = judge_signature(signature, body, known.by_endpoint, time.time())
        if judged.endpoint is not None:
            return judged, known.applications.get(judged.endpoint)
    return judged, None


def _fault_of_origin(
    envelope: Envelope, application_id: str | None, is_production: bool
) -> str | None:
    """Why an event is not of our application; what it does not say is no fault."""
    if (
        None not in (envelope.application_id, application_id)
        and envelope.application_id != application_id
    ):
        return "wrong_application"
    if envelope.is_production not in (None, is_production):
        return "wrong_environment"
    return None


def _refuse(request: Request, reason: str) -> Response:
    request.app.state.refusals.count(reason)
    return say(*_SENTENCES[reason])
