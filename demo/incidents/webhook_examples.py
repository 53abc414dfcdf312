"""Examples of webhooks, stored as the receiver stores them.

Belongs here: storing one without a receiver.
"""

import datetime as dt
import json

import psycopg

from demo.incidents.accounts import provider_account_id_of
from trueup.unipile.addresses import version_of


def store_new_relation(
    connection: psycopg.Connection,
    provider_dsn: str,
    key: str,
    person: str,
    at: dt.datetime,
) -> None:
    """Store a webhook: the account of `make_account` has a new relation.

    provider_dsn: the address whose version tells of it. person: their provider id.
    """
    version = version_of(provider_dsn)
    payload = _PAYLOADS[version](provider_account_id_of(key, provider_dsn), person)
    connection.execute(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null], %s,"
        " array[%s::integer], array[%s::text])",
        [json.dumps(payload).encode(), at, version, payload.get("id")],
    )


def _of_version_1(account_id: str, person: str) -> dict[str, object]:
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
    }


def _of_version_2(account_id: str, person: str) -> dict[str, object]:
    return {
        "id": f"evt_relation_of_{person}",
        "created_at": "2026-05-04T12:00:00.000Z",
        "type": "relation.new",
        "account_id": account_id,
        "account_provider": "linkedin",
        "payload": {
            "object": "UserRelation",
            "id": f"relation-{person}",
            "user": {
                "object": "User",
                "id": person,
                "type": "individual",
                "public_identifier": f"public-{person}",
                "display_name": "Julien Crépieux",
            },
        },
    }


_PAYLOADS = {1: _of_version_1, 2: _of_version_2}
