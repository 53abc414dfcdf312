"""Loads rows that the rules of today refuse.

Belongs here: the transaction in which triggers and foreign keys are off.
"""

import contextlib
from collections.abc import Iterator

import psycopg


@contextlib.contextmanager
def loading(connection: psycopg.Connection) -> Iterator[None]:
    """One transaction without triggers and foreign keys, committed at its end.

    Needs a superuser, such as the owner of the embedded server.
    """
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        yield
    connection.commit()
