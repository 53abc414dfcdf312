"""Resources of assets, schedules and sensors: connections and the provider's address.

Belongs here: reading settings from the environment when they are used. Imports no
dagster_dbt, because the sender's location loads this too.
"""

import os

import psycopg

from trueup.alerts.delivery import SETTING as ALERT_URLS
from trueup.inbound.settings import providers_of_environment
from trueup.postgres.connection import connect


class Postgres:
    """The database that libpq's own PG* variables name."""

    def connect(self, role: str | None = None) -> psycopg.Connection:
        """A session in autocommit, as `role`; closes at the end of its `with`."""
        return connect(autocommit=True, role=role, application_name="trueup dagster")


class Provider:
    """The provider, at the address of each version of its API that is set."""

    def pairs(self) -> list[tuple[str, str]]:
        """Each address with its key; see `providers_of_environment`.

        Raises UnusableSettingError, a sentence about what is not set.
        """
        return providers_of_environment()

    def dsns(self) -> list[str]:
        """The addresses. Raises UnusableSettingError as `pairs` does."""
        return [dsn for dsn, _ in self.pairs()]


class AlertAddresses:
    """Where TRUEUP_ALERT_URLS sends alerts."""

    def text(self) -> str:
        """Apprise addresses as set, empty when alerts are kept and not delivered."""
        return os.environ.get(ALERT_URLS, "").strip()
