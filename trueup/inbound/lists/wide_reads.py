"""Walks of lists that belong to no single account: `provider_wide_reads`.

Belongs here: storing such a walk with its completeness. Does not: lists of one account
(`provider_reads.py`), or decisions by either.
"""

from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from trueup.unipile.walk import Walk


def keep_wide_walk(
    connection: psycopg.Connection,
    provider_dsn: str,
    list_name: str,
    subject: str | None,
    walk: Walk,
    items: list[dict[str, Any]],
    started_at: datetime,
    as_of: datetime | None = None,
) -> int:
    """Store a walk, complete or not; returns its id. items: our items of it."""
    row = connection.execute(
        "select outreach.record_provider_wide_read("
        "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            provider_dsn,
            list_name,
            subject,
            started_at,
            as_of or database_time(connection),
            walk.is_complete,
            walk.pages,
            len(walk.items),
            walk.why_stopped,
            Jsonb(items),
        ],
    ).fetchone()
    assert row is not None
    return row[0]


def database_time(connection: psycopg.Connection) -> datetime:
    """The database's clock."""
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    return row[0]
