"""Rows as they lay, past the rules that would refuse them today.

Belongs here: the one transaction in which no rule looks.
"""

import contextlib
from collections.abc import Iterator

import psycopg


@contextlib.contextmanager
def loading(connection: psycopg.Connection) -> Iterator[None]:
    """One committed transaction in which no trigger and no foreign key looks.

    Takes a superuser, as the owner of the embedded server is.
    """
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        yield
    connection.commit()
