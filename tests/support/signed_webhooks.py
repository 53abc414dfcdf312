"""Webhooks of version 2: events, their signature, and calls of the app without HTTP.

Belongs here: plain helpers. Fixtures stay in the files that use them.
"""

import asyncio
import hashlib
import hmac
import json
import time

ENDPOINT_SECRET = "wes_test_0123456789abcdef"
APPLICATION = "app_ours"
PATH = "/webhooks/unipile/v2"
DSN_V2 = "https://api.sandbox.test/v2"


def know_endpoint(connection, secret=ENDPOINT_SECRET, webhook_id="we_1", **changes):
    """Store the secret of an endpoint, as the audit does."""
    endpoint = {
        "webhook_id": webhook_id,
        "application_id": APPLICATION,
        "secret": secret,
    } | changes
    connection.execute(
        "select outreach.store_webhook_secrets(%s, %s, %s)",
        [DSN_V2, f"https://trueup.test{PATH}", json.dumps([endpoint])],
    )


def event(type_, account_id, payload, event_id, **changes):
    """An event as the provider sends it, with its nine keys."""
    return {
        "id": event_id,
        "created_at": "2026-05-04T12:00:00.000Z",
        "type": type_,
        "account_id": account_id,
        "account_provider": "linkedin",
        "account_name": "Anisha",
        "application_id": APPLICATION,
        "application_production": True,
        "payload": payload,
    } | changes


def relation_new(account_id, person, event_id, **changes):
    relation = {
        "object": "UserRelation",
        "id": f"relation-{person}",
        "user": {
            "object": "User",
            "id": person,
            "type": "individual",
            "public_identifier": f"public-{person}",
            "display_name": "Julien Crépieux",
        },
    }
    return event("relation.new", account_id, relation, event_id, **changes)


def message_new(account_id, message_id, sender, at, event_id, **changes):
    """changes: of the message."""
    message = {
        "object": "Message",
        "id": message_id,
        "text": "Hello",
        "sender_id": sender,
        "chat_id": "chat-v2",
        "timestamp": at.isoformat(),
        "is_sender": False,
        "is_event": False,
        "sender": {"object": "User", "id": sender, "display_name": "Julien Crépieux"},
    } | changes
    return event("message.new", account_id, message, event_id)


def account_event(type_, account_id, event_id, **payload):
    payload = {"timestamp": "2026-05-04T12:00:00.000Z"} | payload
    return event(type_, account_id, payload, event_id)


def body_of(told):
    return json.dumps(told, ensure_ascii=False).encode()


def signature(body, secret=ENDPOINT_SECRET, at=None):
    """The header's value for a body; at: seconds since 1970, now by default."""
    seconds = str(int(time.time() if at is None else at))
    signed = seconds.encode() + b"." + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={seconds},v0={digest}"


def post_all(app, requests):
    """(status, text) of each request, in one process and without a socket.

    requests: (body, headers), where headers are pairs of texts.
    """

    async def run():
        async with app.router.lifespan_context(app):
            return await asyncio.gather(*(_post(app, *one) for one in requests))

    return asyncio.run(run())


async def _post(app, body, headers):
    sent = []
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [
            (name.lower().encode(), value.encode("latin-1")) for name, value in headers
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
        "app": app,
    }

    async def receive():
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    text = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], text.decode()
