"""Databases copied from a template, and dropped afterwards.

Belongs here: making and dropping them on the server that the PG* variables lead to.
Does not: what a template holds.
"""

import contextlib
from collections.abc import Iterator

from psycopg import sql

from trueup.postgres.connection import connect


def copy_database(template: str, name: str) -> None:
    """Make the database `name` as a copy of one to which nobody is connected."""
    _execute("create database {} template {}", name, template)


def drop_database(name: str) -> None:
    """Drop the database if it is there, and end whatever session is open in it."""
    _execute("drop database if exists {} with (force)", name)


@contextlib.contextmanager
def copied_database(template: str, name: str) -> Iterator[str]:
    """The name of a copy that lasts as long as the block."""
    copy_database(template, name)
    try:
        yield name
    finally:
        drop_database(name)


def _execute(statement: str, *names: str) -> None:
    with connect("postgres", autocommit=True) as connection:
        # A database that is not there to be dropped is no news.
        connection.execute("set client_min_messages = warning")
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
