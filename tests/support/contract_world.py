"""A sandbox in which everything that the contract shows is there twice.

Belongs here: the arrangement that the tests of reads and of writes share.
"""

import contextlib
import types

from tests.support.sandboxes import ANISHA, PINKI, api_of, multipart
from unipile_sandbox.control import start_sandbox

POST = "urn:li:activity:7332661864792854528"
LOGIN = {"provider": "LINKEDIN", "username": "ada@example.com", "password": "p"}
TWO_FACTORS = LOGIN | {"username": "2fa@example.com"}
INMAIL = [("text", "Hello"), ("account_id", "acc-anisha")]


@contextlib.contextmanager
def contract_world(journal):
    """The client, and the ids of people, chats, webhooks and so on that are there."""
    premium = {"premium_features": ["premium", "sales_navigator", "recruiter"]}
    with start_sandbox(journal) as sandbox, api_of(sandbox) as api:
        sandbox.register_accounts([ANISHA | premium, PINKI])
        made = types.SimpleNamespace(api=api)
        people = [f"person-{number}" for number in range(6)]
        profiles = [
            api.get(f"/users/{name}?account_id=acc-anisha").json() for name in people
        ]
        made.people = [profile["provider_id"] for profile in profiles]
        invitations = [invite(api, person) for person in made.people[:5]]
        for person in made.people[:3]:
            sandbox.accept("acc-anisha", person)
        made.invitation, made.withdrawn = invitations[3:]
        for person in made.people[:2]:
            sandbox.incoming_message("acc-anisha", person, "Hello")
        made.chat, made.message = start_chat(api, made.people[0])
        made.attendee = api.get("/chat_attendees").json()["items"][0]["id"]
        for text in ("One", "Two"):
            api.post(
                f"/posts/{POST}/comments",
                json={"account_id": "acc-pinki", "text": text},
            )
        made.webhooks = [subscribe(api, source) for source in ("users", "messaging")]
        made.checkpoint = api.post("/accounts", json=TWO_FACTORS).json()["account_id"]
        made.gone = api.post("/accounts", json=LOGIN | {"username": "gone@x.y"}).json()[
            "account_id"
        ]
        yield made


def invite(api, person):
    fields = {"account_id": "acc-anisha", "provider_id": person, "message": "Hi"}
    return api.post("/users/invite", json=fields).json()["invitation_id"]


def start_chat(api, person):
    fields = [*INMAIL, ("attendees_ids", person)]
    answer = api.post("/chats", files=multipart(fields)).json()
    return answer["chat_id"], answer["message_id"]


def subscribe(api, source):
    fields = {
        "source": source,
        "request_url": "https://trueup.example.com/hook",
        "name": "ours",
        "account_ids": ["acc-anisha"],
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "data": [{"name": "account", "key": "account_id"}],
    }
    return api.post("/webhooks", json=fields).json()["webhook_id"]
