"""The web app served from a thread, and the provider's webhooks as payloads.

Belongs here: plain helpers. Fixtures stay in the files that use them.
"""

import asyncio
import contextlib
import socket
import threading

import uvicorn

from trueup.web.app import web_app
from trueup.web.connections import bounded_protocol
from trueup.web.settings import Secrets

SECRET = "a secret for tests"
TOKEN = "a token for tests"
SECRETS = Secrets(webhook_secret=SECRET, api_token=TOKEN)


@contextlib.contextmanager
def served(secrets=SECRETS, store=None, app=None, **bounds):
    """The app's address, for as long as the block lasts; bounds: of its connections."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    config = uvicorn.Config(
        app or web_app(secrets, store),
        http=bounded_protocol(**bounds),
        log_level="error",
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listener]))
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def new_relation(account_id, person, **changes):
    return {
        "event": "new_relation",
        "account_id": account_id,
        "account_type": "LINKEDIN",
        "webhook_name": "",
        "user_full_name": "Julien Crépieux",
        "user_provider_id": person,
        "user_public_identifier": f"public-{person}",
        "user_profile_url": f"https://www.linkedin.com/in/public-{person}/",
        "user_picture_url": "https://media.licdn.com/1.jpg",
    } | changes


def message_received(
    account_id, message_id, sender, at, *, own="ACoAAowner", text="Hello", to=None
):
    """sender: who wrote; own: the account owner's id; to: the other person."""
    return {
        "account_id": account_id,
        "account_type": "LINKEDIN",
        "account_info": {"type": "LINKEDIN", "feature": "classic", "user_id": own},
        "event": "message_received",
        "chat_id": "chat-1",
        "timestamp": at.isoformat(),
        "webhook_name": "",
        "message_id": message_id,
        "message": text,
        "sender": {"attendee_id": "x", "attendee_provider_id": sender},
        "attendees": [{"attendee_id": "y", "attendee_provider_id": to or sender}],
        "attachments": [],
    }


def account_status(account_id, message="CREDENTIALS"):
    return {
        "AccountStatus": {
            "account_id": account_id,
            "account_type": "LINKEDIN",
            "message": message,
        }
    }
