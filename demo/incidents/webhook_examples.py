"""Webhooks of the provider, as the receiver keeps them.

Belongs here: putting one up for reading, without a receiver in between.
"""

import datetime as dt
import json

import psycopg

from demo.incidents.accounts import provider_account_id_of


def tell_new_relation(
    connection: psycopg.Connection, key: str, person: str, at: dt.datetime
) -> None:
    """The provider tells the account of `make_account` that somebody is related now.

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
