"""Rows that contradict one another or a promise.

Belongs here: asking `outreach.consistency_violations()`. No Dagster here.
"""

import psycopg

# kind, workspace id, what it concerns, and how it is wrong.
Violation = tuple[str, int, str, str]

KINDS = (
    "duplicated",
    "lost",
    "stuck",
    "over_limit",
    "outside_window",
    "unpaired",
    "misplaced",
    "miscounted",
)


def consistency_violations(connection: psycopg.Connection) -> list[Violation]:
    """Every contradiction in the database."""
    return connection.execute(
        "select kind, workspace_id, subject, detail"
        " from outreach.consistency_violations()"
    ).fetchall()
