"""Every write of the contract: the exact status and shape of its answer."""

import pytest

from tests.support.contract_shapes import CHECKPOINT, differences
from tests.support.contract_world import (
    INMAIL,
    LOGIN,
    POST,
    TWO_FACTORS,
)
from tests.support.sandboxes import multipart

ONE = "?account_id=acc-anisha"
LINK = {
    "api_url": "https://api1.unipile.com:13111",
    "expiresOn": "2099-12-31T23:59:59.999Z",
    "name": "one",
    "notify_url": "https://trueup.example.com/notify",
}


def created(name, **fields):
    return {"object": name, **fields}


CHAT_STARTED = created("ChatStarted", chat_id=str, message_id=str)
RECRUITER = [
    ("linkedin[api]", "recruiter"),
    ("linkedin[signature]", "Anisha"),
    ("linkedin[hiring_project_id]", "1"),
    ("linkedin[job_posting_id]", "2"),
    ("linkedin[visibility]", "PUBLIC"),
    ("linkedin[follow_up]", "no"),
    ("linkedin[email_address]", "anisha@example.com"),
]
PERSON = {"account_id": "acc-anisha"}
# Method, path, JSON or the parts of a form, status, shape. Each stands alone.
WRITES = [
    ("POST", "/accounts", LOGIN, 201, created("AccountCreated", account_id=str)),
    (
        "POST",
        "/accounts",
        {
            "provider": "LINKEDIN",
            "access_token": "AQED",
            "premium_token": "AQED",
            "user_agent": "Mozilla/5.0",
            "proxy": {"host": "proxy.example.com", "port": 3128},
            "recruiter_contract_id": "1",
            "disabled_features": ["linkedin_recruiter"],
            "sync_limit": {"chats": 0, "messages": 0},
        },
        201,
        created("AccountCreated", account_id=str),
    ),
    ("POST", "/accounts", TWO_FACTORS, 202, CHECKPOINT),
    ("POST", "/accounts/acc-pinki", TWO_FACTORS, 202, CHECKPOINT),
    (
        "POST",
        "/accounts/acc-anisha",
        LOGIN | {"account_id": "acc-anisha"},
        201,
        created("AccountReconnected", account_id="acc-anisha"),
    ),
    (
        "POST",
        "/accounts/checkpoint/resend",
        {"provider": "LINKEDIN", "account_id": "{checkpoint}"},
        201,
        created("CheckpointResend", account_id=str, success=bool),
    ),
    (
        "POST",
        "/accounts/checkpoint",
        {"provider": "LINKEDIN", "account_id": "{checkpoint}", "code": "123456"},
        201,
        created("AccountCreated", account_id=str),
    ),
    (
        "POST",
        "/accounts/acc-anisha/restart",
        None,
        200,
        created("AccountRestarted"),
    ),
    ("DELETE", "/accounts/{gone}", None, 200, created("AccountDeleted")),
    (
        "POST",
        "/hosted/accounts/link",
        LINK | {"type": "create", "providers": ["LINKEDIN"]},
        201,
        created("HostedAuthUrl", url=str),
    ),
    (
        "POST",
        "/hosted/accounts/link",
        LINK | {"type": "create", "providers": "*:MESSAGING"},
        201,
        created("HostedAuthUrl", url=str),
    ),
    (
        "POST",
        "/hosted/accounts/link",
        LINK | {"type": "reconnect", "reconnect_account": "acc-anisha"},
        201,
        created("HostedAuthUrl", url=str),
    ),
    (
        "POST",
        "/users/invite",
        PERSON | {"provider_id": "{people[5]}", "message": "Hi", "user_email": "a@b.c"},
        201,
        created("UserInvitationSent", invitation_id=str),
    ),
    (
        "DELETE",
        f"/users/invite/sent/{{withdrawn}}{ONE}",
        None,
        200,
        created("InvitationCanceled"),
    ),
    (
        "POST",
        "/chats",
        [*INMAIL, ("attendees_ids", "{people[2]}"), ("subject", "S")],
        201,
        CHAT_STARTED,
    ),
    (
        "POST",
        "/chats",
        [
            *INMAIL,
            ("attendees_ids", "ACoAAstranger1"),
            ("linkedin[api]", "classic"),
            ("linkedin[inmail]", "true"),
        ],
        201,
        CHAT_STARTED,
    ),
    (
        "POST",
        "/chats",
        [
            *INMAIL,
            ("attendees_ids", "ACoAAstranger2"),
            ("linkedin[api]", "sales_navigator"),
        ],
        201,
        CHAT_STARTED,
    ),
    (
        "POST",
        "/chats",
        [*INMAIL, ("attendees_ids", "ACoAAstranger3"), *RECRUITER],
        201,
        CHAT_STARTED,
    ),
    (
        "POST",
        "/chats/{chat}/messages",
        [*INMAIL, ("thread_id", "t"), ("quote_id", "{message}")],
        201,
        created("MessageSent", message_id=str),
    ),
    (
        "PATCH",
        "/chats/{chat}",
        {"action": "setReadStatus", "value": True},
        200,
        created("ChatPatched"),
    ),
    (
        "POST",
        f"/posts/{POST}/comments",
        PERSON | {"text": "x" * 1_250},
        201,
        created("CommentSent"),
    ),
    (
        "POST",
        "/posts/reaction",
        PERSON | {"post_id": POST, "reaction_type": "insightful"},
        201,
        created("ReactionAdded"),
    ),
    (
        "POST",
        "/webhooks",
        {"source": "users", "request_url": "https://trueup.example.com/hook"},
        200,
        created("WebhookCreated", webhook_id=str),
    ),
    ("DELETE", "/webhooks/{webhooks[0]}", None, 200, created("WebhookDeleted")),
]


@pytest.mark.parametrize(
    ("method", "path", "fields", "status", "shape"),
    WRITES,
    ids=[f"{number} {write[0]} {write[1]}" for number, write in enumerate(WRITES)],
)
def test_a_write_answers_in_the_contracts_shape(
    world, method, path, fields, status, shape
):
    answer = send(world, method, path, fields)

    assert (answer.status_code, differences(answer.json(), shape)) == (status, [])
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def send(world, method, path, fields):
    """A dict goes as JSON, a list as multipart, both with the world's ids filled in."""

    def filled(text):
        return text.format(**vars(world)) if isinstance(text, str) else text

    body = {}
    if isinstance(fields, dict):
        body = {"json": {name: filled(value) for name, value in fields.items()}}
    elif fields is not None:
        body = {"files": multipart([(name, filled(text)) for name, text in fields])}
    return world.api.request(method, filled(path), **body)
