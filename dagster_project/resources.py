"""Resources of assets, schedules and sensors: connections and the provider's address.

Belongs here: reading settings from the environment when they are used. Imports no
dagster_dbt, because the sender's location loads this too.
"""

import os

import psycopg

from trueup.alerts.delivery import SETTING as ALERT_URLS
from trueup.postgres.connection import connect


class Postgres:
    """The database that libpq's own PG* variables name."""

    def connect(self, role: str | None = None) -> psycopg.Connection:
        """A session in autocommit, as `role`; closes at the end of its `with`."""
        return connect(autocommit=True, role=role, application_name="trueup dagster")


class Provider:
    """The provider that UNIPILE_DSN and UNIPILE_API_KEY name."""

    def dsn(self) -> str | None:
        return os.environ.get("UNIPILE_DSN") or None

    def api_key(self) -> str | None:
        return os.environ.get("UNIPILE_API_KEY") or None

    def missing_setting(self) -> str | None:
        """A sentence about what is not set, None when nothing is missing."""
        for name, value in (
            ("UNIPILE_DSN", self.dsn()),
            ("UNIPILE_API_KEY", self.api_key()),
        ):
            if value is None:
                return (
                    f"{name} is not set, so nothing can be sent. Set it, or start "
                    "trueup with scripts/up, which starts a sandbox."
                )
        return None


class AlertAddresses:
    """Where TRUEUP_ALERT_URLS sends alerts."""

    def text(self) -> str:
        """Apprise addresses as set, empty when alerts are kept and not delivered."""
        return os.environ.get(ALERT_URLS, "").strip()
