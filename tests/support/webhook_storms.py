"""A story told in webhooks of version 2, many times, out of order, and by forgers.

Belongs here: making the requests, and posting them to the app in one process. The test
of the marts and the bench share it.
"""

import collections
import datetime as dt
import hashlib
import hmac
import random
import time

from tests.support.signed_webhooks import (
    ENDPOINT_SECRET,
    account_event,
    body_of,
    message_new,
    post_all,
    relation_new,
    signature,
)
from tests.support.web_apps import SECRETS
from trueup.inbound.webhooks.payloads_v2 import read_envelope
from trueup.web.app import web_app
from trueup.web.endpoint_secrets import EndpointSecrets, SecretCache
from trueup.web.signatures import HEADER

SECOND_SECRET = "wes_the_second_endpoint"
MINUTE = dt.timedelta(minutes=1)


class Kept:
    """A store that keeps webhooks in memory, in the order in which they came."""

    def __init__(self):
        self.webhooks = []

    def keep(self, webhooks):
        self.webhooks += webhooks

    def close(self):
        pass


def as_version_2(payload, at, event_id):
    """A webhook of version 1 as version 2 tells it."""
    if "AccountStatus" in payload:
        account = payload["AccountStatus"]["account_id"]
        return account_event("account.status.running", account, event_id)
    account = payload["account_id"]
    if payload["event"] == "new_relation":
        return relation_new(account, payload["user_provider_id"], event_id)
    sender = payload["sender"]["attendee_provider_id"]
    is_own = sender == payload["account_info"]["user_id"]
    written_at = dt.datetime.fromisoformat(payload["timestamp"])
    return message_new(
        account,
        payload["message_id"],
        sender,
        written_at,
        event_id,
        is_sender=is_own,
        text=payload["message"],
    )


def told_often(story, count, chance):
    """(body, headers, received at) of at least `count` requests, in any order.

    Each event is told at its time, and again up to three days later: with the same id,
    or by a second endpoint with an id of its own.
    """
    first, again = [], []
    for number, (payload, at) in enumerate(story):
        first.append((payload, at, f"evt_{number}", ENDPOINT_SECRET))
        for copy in range(count // len(story)):
            later = at + MINUTE + chance.random() * 3 * dt.timedelta(days=1)
            is_second = copy % 2 == 1
            told = f"evt_{number}{'_second' if is_second else ''}"
            secret = SECOND_SECRET if is_second else ENDPOINT_SECRET
            again.append((payload, later, told, secret))
    chance.shuffle(first)
    chance.shuffle(again)
    requests = []
    # What is kept of an event is what came first, however the others come.
    for payload, at, event_id, secret in first + again:
        body = body_of(as_version_2(payload, at, event_id))
        headers = [(HEADER, signature(body, secret))]
        requests.append((body, headers, at))
    return requests


def forged(payloads):
    """(body, headers) that nobody may take, of events that never were."""
    requests = []
    for number, payload in enumerate(payloads):
        told = as_version_2(payload, None, f"evt_forged_{number}")
        body = body_of(told)
        now = int(time.time())
        stripped = ENDPOINT_SECRET.removeprefix("wes_")
        digest = hmac.new(ENDPOINT_SECRET.encode(), body, hashlib.sha256).hexdigest()
        other = body_of(told | {"application_id": "app_other"})
        test = body_of(told | {"application_production": False})
        requests += [
            (body, []),
            (body, [(HEADER, "")]),
            (body, [("Unipile-Auth", SECRETS.webhook_secret)]),
            (body, [(HEADER, signature(body, "wes_guessed"))]),
            (body, [(HEADER, signature(body, stripped))]),
            (body, [(HEADER, signature(body, at=now - 301))]),
            (body, [(HEADER, signature(body, at=now + 400))]),
            (body, [(HEADER, signature(body).replace(",v0=", ",v1="))]),
            # Signed without its time, and with the signature of another body.
            (body, [(HEADER, f"t={now},v0={digest}")]),
            (body, [(HEADER, signature(body + b" "))]),
            (other, [(HEADER, signature(other))]),
            (test, [(HEADER, signature(test))]),
        ]
    return requests


def receive(requests, known):
    """Post requests to the app in one process: the statuses, what was kept, refusals.

    known: secrets of endpoints, by their ids.
    """
    store, refusals = Kept(), collections.Counter()
    app = web_app(SECRETS, store)
    secrets = EndpointSecrets(known, dict.fromkeys(known, "app_ours"))
    app.state.endpoint_secrets = SecretCache(lambda: secrets)
    app.state.refusals._store = refusals.update
    answers = post_all(app, requests)
    return [status for status, _ in answers], store.webhooks, refusals


def keep_all(connection, webhooks, received_at):
    """Store received webhooks as the receiver does, each at its own moment.

    received_at: by body.
    """
    connection.cursor().executemany(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null], %s,"
        " array[%s::integer], array[%s::text])",
        [
            (one.body, received_at[one.body], one.api_version, one.event_id)
            for one in webhooks
        ],
    )


def storm(connection, story, quiet, count, seed=280):
    """Tell a story `count` times, with forgeries between; the statuses and refusals.

    quiet: payloads of what never happened. Everything that was taken is stored.
    """
    chance = random.Random(seed)
    wanted = told_often(story, count, chance)
    requests = [(body, headers, False) for body, headers, _ in wanted]
    requests += [(body, headers, True) for body, headers in forged(quiet)]
    order = list(range(len(requests)))
    first = len(story)
    rest = order[first:]
    chance.shuffle(rest)
    posted = [requests[index] for index in order[:first] + rest]
    statuses, kept, refusals = receive(
        [(body, headers) for body, headers, _ in posted],
        {"we_1": ENDPOINT_SECRET, "we_2": SECOND_SECRET},
    )
    received_at = {}
    for body, _, at in wanted:
        received_at.setdefault(body, at)
    keep_all(connection, kept, received_at)
    told = [status for status, one in zip(statuses, posted, strict=True) if not one[2]]
    lies = [status for status, one in zip(statuses, posted, strict=True) if one[2]]
    assert all(read_envelope(one.body).event_id == one.event_id for one in kept)
    return told, lies, refusals
