"""The secrets that webhooks of version 2 are signed with, as the database has them.

Belongs here: reading them, and how long they are used before they are read again. Does
not: comparing them (`signatures.py`), or storing them, which the audit of the endpoints
does.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psycopg

from trueup.postgres.connection import UnusableDatabaseError, connect

# An endpoint that is gone may sign this long after its secret was emptied.
OLDEST_SECONDS = 60.0
# A signature that no secret fits is a reason to read them again, but not each time.
NEWEST_SECONDS = 2.0


class UnknownSecretsError(Exception):
    """The database does not answer, so nobody knows whose signature it is."""


@dataclass(frozen=True)
class EndpointSecrets:
    """by_endpoint: whole secrets; applications: the application of each endpoint, if
    the provider says it."""

    by_endpoint: Mapping[str, str] = field(repr=False)
    applications: Mapping[str, str | None] = field(default_factory=dict)


def stored_secrets() -> EndpointSecrets:
    """The secrets in use. Raises UnknownSecretsError."""
    try:
        with connect(autocommit=True, application_name="trueup web") as connection:
            rows = connection.execute(
                "select webhook_id, secret, application_id"
                " from outreach.provider_webhook_secrets where retired_at is null"
            ).fetchall()
    except (psycopg.Error, UnusableDatabaseError) as error:
        raise UnknownSecretsError(str(error)) from None
    return EndpointSecrets(
        {endpoint: secret for endpoint, secret, _ in rows},
        {endpoint: application for endpoint, _, application in rows},
    )


class SecretCache:
    """Reads the secrets once, and again when they are old or a signature is unknown."""

    def __init__(
        self,
        read: Callable[[], EndpointSecrets] = stored_secrets,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._clock = clock
        self._secrets: EndpointSecrets | None = None
        self._read_at = 0.0
        self._lock = asyncio.Lock()

    async def secrets(self, *, is_unknown: bool = False) -> EndpointSecrets:
        """The secrets; is_unknown: none of them fitted. Raises UnknownSecretsError."""
        oldest = NEWEST_SECONDS if is_unknown else OLDEST_SECONDS
        async with self._lock:
            is_old = self._clock() - self._read_at > oldest
            if self._secrets is None or is_old:
                loop = asyncio.get_running_loop()
                self._secrets = await loop.run_in_executor(None, self._read)
                self._read_at = self._clock()
            return self._secrets
