"""Rows that contradict one another or a guarantee.

Belongs here: calling `outreach.consistency_violations()`. Does not: Dagster.
"""

import psycopg

# The kind, the workspace id, the subject and the description.
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
