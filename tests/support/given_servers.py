"""A Postgres server that the PG* variables name, in place of the embedded one.

Belongs here: whether tests may work on it, and what they leave there. `scripts/test
--server` sets the variable.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from trueup.postgres.connection import connect
from trueup.postgres.copies import drop_database

VARIABLE = "TRUEUP_TEST_SERVER"
_OF_EVERY_SERVER = ("postgres", "template0", "template1")


class UnusableGivenServerError(Exception):
    """Tests must not work on this server; a sentence for a person."""


@dataclass(frozen=True)
class GivenServer:
    """A server that somebody else started and ends."""

    variables: dict[str, str]

    def environment(self) -> dict[str, str]:
        """The libpq variables that lead to it."""
        return dict(self.variables)


def is_server_given() -> bool:
    """Whether the tests of this run work on the server of the PG* variables."""
    return os.environ.get(VARIABLE) == "1"


def given_server(databases: tuple[str, ...]) -> Iterator[GivenServer]:
    """The server, and the drop of these databases at the end.

    Raises UnusableGivenServerError for one that has anything to lose: tests make and
    drop databases, and change its roles.
    """
    with connect("postgres", autocommit=True) as connection:
        (is_superuser,) = connection.execute(
            "select rolsuper from pg_catalog.pg_roles where rolname = current_user"
        ).fetchone()
        others = [
            name
            for (name,) in connection.execute(
                "select datname::text from pg_catalog.pg_database"
                " where datname <> all(%s) order by datname",
                [list(_OF_EVERY_SERVER)],
            )
        ]
        place = f"{connection.info.host}, port {connection.info.port}"
    if not is_superuser:
        raise UnusableGivenServerError(
            f"The user of PGUSER is no superuser of the server at {place}, and tests "
            "disable triggers and change roles. Name a superuser."
        )
    if others:
        raise UnusableGivenServerError(
            f"The server at {place} has the databases {', '.join(others)}. Tests make "
            "and drop databases and change roles: give them a server of their own, or "
            "drop these if an interrupted run of tests left them."
        )
    variables = {
        name: value for name, value in os.environ.items() if name.startswith("PG")
    }
    try:
        yield GivenServer(variables)
    finally:
        for name in databases:
            drop_database(name)
