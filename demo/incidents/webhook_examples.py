"""Examples of webhooks, stored as the receiver stores them.

Belongs here: storing one without a receiver.
"""

import datetime as dt
import json

import psycopg

from demo.incidents.accounts import provider_account_id_of


def store_new_relation(
    connection: psycopg.Connection, key: str, person: str, at: dt.datetime
) -> None:
    """Store a webhook: the account of `make_account` has a new relation.

    person: their provider id.
    """
    payload = {
        "event": "new_relation",
        "account_id": provider_account_id_of(key),
        "account_type": "LINKEDIN",
        "webhook_name": "",
        "user_full_name": "Julien Crépieux",
        "user_provider_id": person,
        "user_public_identifier": f"public-{person}",
        "user_profile_url": f"https://www.linkedin.com/in/public-{person}/",
        "user_picture_url": "https://media.licdn.com/1.jpg",
    }
    connection.execute(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null], %s)",
        [json.dumps(payload).encode(), at],
    )
