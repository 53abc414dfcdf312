"""`GET /webhooks/unipile/v2/connected`: where a login page sends the person's browser.

Belongs here: a sentence for the person. The query is written by whoever holds the link,
so nothing of it is believed, stored or shown: a signed webhook tells of the login.
"""

from starlette.requests import Request
from starlette.responses import Response

from trueup.web.bodies import say

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_DONE = "Thank you. The account appears in trueup within minutes. Close this page."
_NOT_DONE = "The login was not finished. Ask for a new page, and log in on it."
_REASONS = {
    "api/already_exists": "This account is connected already. Close this page.",
    "api/expired_link": "This page has ended. Ask for a new one, and log in on it.",
    "api/account_restricted": "LinkedIn restricts this account. Log in to LinkedIn and "
    "settle that first, then ask for a new page.",
    "api/inactive_subscription": "The subscription at the provider has ended. Renew "
    "it, then ask for a new page.",
}


async def show_landing(request: Request) -> Response:
    query = request.query_params
    if "error_type" in query or "error_title" in query:
        answer = say(200, _REASONS.get(query.get("error_type", ""), _NOT_DONE))
    else:
        answer = say(200, _DONE)
    answer.headers.update(_HEADERS)
    return answer
