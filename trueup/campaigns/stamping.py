"""Keeping which texts the validator accepted, so that they can be saved.

Belongs here: acting as the role `validator`, the only one that may keep a stamp. Does
not: judging a text (`template_checks.py`).
"""

from collections.abc import Iterable
from datetime import datetime

import psycopg

from trueup.postgres.connection import acting_as


def keep_stamps(
    connection: psycopg.Connection,
    workspace_id: int,
    stamps: Iterable[str],
    as_of: datetime | None = None,
) -> None:
    """Keeps the stamps of texts that `judge` accepted.

    Raises UnusableDatabaseError if the session's user may not act as validator.
    """
    with acting_as(connection, "validator"):
        connection.execute(
            "select outreach.record_validated_texts(%s, %s, %s)",
            [workspace_id, sorted(set(stamps)), as_of],
        )
