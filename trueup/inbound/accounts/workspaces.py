"""Making a workspace that works through the providers of this installation.

Belongs here: which addresses a new workspace gets. Does not: the rules for its name and
zone (`outreach.add_workspace`).
"""

from collections.abc import Sequence

import psycopg


def make_workspace(
    connection: psycopg.Connection,
    name: str,
    addresses: Sequence[str],
    timezone: str,
    actor: str,
) -> int:
    """A new workspace at these addresses, one for each version; its id.

    The first is that of its new accounts. Raises psycopg's CheckViolation and
    UniqueViolation with a sentence.
    """
    first, *others = addresses
    with connection.transaction():
        row = connection.execute(
            "select outreach.add_workspace(%s, %s, %s, %s)",
            [name, first, timezone, actor],
        ).fetchone()
        assert row is not None
        for address in others:
            connection.execute(
                "select outreach.open_workspace_to_provider(%s, %s, 0, %s,"
                " 'the installation has both versions')",
                [row[0], address, actor],
            )
    return row[0]
