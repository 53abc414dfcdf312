"""The environment variables that the services of one start share.

Belongs here: what is set for them, and which settings a person chose. Does not:
starting anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dagster_project.paths import PROJECT_ROOT
from dagster_project.postgres.connection import DEFAULT_DATABASE
from dagster_project.unipile.sandbox.control import API_KEY


class SettingsError(Exception):
    """Settings that contradict each other; a sentence for a person."""


@dataclass(frozen=True)
class Chosen:
    """What a person's own environment asks for."""

    has_own_postgres: bool
    has_own_provider: bool


def chosen(environment: Mapping[str, str]) -> Chosen:
    """Reads PGHOST, PGDATABASE and UNIPILE_DSN. Raises SettingsError."""
    has_own_provider = bool(environment.get("UNIPILE_DSN"))
    if has_own_provider and not environment.get("UNIPILE_API_KEY"):
        raise SettingsError(
            "UNIPILE_DSN is set and UNIPILE_API_KEY is not; set both for a real "
            "provider, or neither for the sandbox."
        )
    return Chosen(
        has_own_postgres=bool(
            environment.get("PGHOST") or environment.get("PGDATABASE")
        ),
        has_own_provider=has_own_provider,
    )


def quiet_environment(dagster_home: Path) -> dict[str, str]:
    """Where things are, and that nobody is told of it."""
    return {
        "PYTHONPATH": str(PROJECT_ROOT),
        "PYTHONUNBUFFERED": "1",
        "DAGSTER_HOME": str(dagster_home),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DO_NOT_TRACK": "1",
    }


def embedded_postgres_environment(
    environment: Mapping[str, str], server: Mapping[str, str]
) -> dict[str, str]:
    """The environment with the embedded server's PG* variables and no others."""
    kept = {
        name: value for name, value in environment.items() if not name.startswith("PG")
    }
    return {**kept, **server}


def own_postgres_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with a database named, as psycopg, dbt and Dagster want it."""
    named = environment.get("PGDATABASE") or DEFAULT_DATABASE
    return {**environment, "PGDATABASE": named}


def sandbox_environment(port: int) -> dict[str, str]:
    """How the services reach the project's own sandbox."""
    return {"UNIPILE_DSN": f"http://127.0.0.1:{port}", "UNIPILE_API_KEY": API_KEY}
