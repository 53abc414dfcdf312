"""The environment variables that the services of one start share.

Belongs here: the variables set for services, the settings that a person chose, and the
shell file with the rest. Does not: starting anything.
"""

import secrets
import shlex
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launch.services import HOST
from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import DEFAULT_DATABASE
from trueup.unipile.addresses import SETTINGS, UnusableAddressError, provider_address
from unipile_sandbox.control import API_KEY

# The variables that scripts read.
FOR_SCRIPTS = ("PG", "UNIPILE_", "TRUEUP_")
# Addresses that a person has set and that commands in another shell need as well.
GIVEN_ADDRESSES = ("UNIPILE_DSN", "UNIPILE_V2_DSN", "TRUEUP_WEBHOOK_URL")
_GIVEN = "# Set by a person. Their keys and secrets are not here.\n"


class SettingsError(Exception):
    """Settings that contradict each other; a sentence for a person."""


@dataclass(frozen=True)
class Chosen:
    """What a person's own environment asks for."""

    has_own_postgres: bool
    has_own_provider: bool


def chosen(environment: Mapping[str, str]) -> Chosen:
    """Reads PGHOST, PGDATABASE and the UNIPILE_ variables. Raises SettingsError.

    Alert addresses that cannot be used are refused too, because no alert would tell of
    them.
    """
    for version, names in SETTINGS.items():
        dsn = environment.get(names.dsn)
        if dsn and not environment.get(names.api_key):
            raise SettingsError(
                f"{names.dsn} is set and {names.api_key} is not; set both for a real "
                "provider, or neither for the sandbox."
            )
        if dsn:
            try:
                provider_address(dsn, version)
            except UnusableAddressError as error:
                raise SettingsError(str(error)) from None
    has_own_provider = any(environment.get(names.dsn) for names in SETTINGS.values())
    if environment.get("TRUEUP_ALERT_URLS"):
        # Apprise takes half a second to import.
        from trueup.alerts.delivery import UnusableAlertAddressError, check_addresses

        try:
            check_addresses(environment["TRUEUP_ALERT_URLS"])
        except UnusableAlertAddressError as error:
            raise SettingsError(str(error)) from None
    return Chosen(
        has_own_postgres=bool(
            environment.get("PGHOST") or environment.get("PGDATABASE")
        ),
        has_own_provider=has_own_provider,
    )


def quiet_environment(dagster_home: Path) -> dict[str, str]:
    """Paths, no telemetry, and Dagster's time-out for its code servers."""
    return {
        "PYTHONPATH": str(PROJECT_ROOT),
        "PYTHONUNBUFFERED": "1",
        "DAGSTER_HOME": str(dagster_home),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DO_NOT_TRACK": "1",
        # Of glibc, which gives each busy thread a pool of memory otherwise.
        "MALLOC_ARENA_MAX": "2",
        # The shortest window of a freshness policy is 45 minutes.
        "FRESHNESS_DAEMON_INTERVAL_SECONDS": "300",
        # On a busy machine a code server can take longer than the default of a minute.
        "DAGSTER_GRPC_TIMEOUT_SECONDS": "180",
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
    """The environment with PGDATABASE set: dbt and Dagster need the name."""
    named = environment.get("PGDATABASE") or DEFAULT_DATABASE
    return {**environment, "PGDATABASE": named}


def web_environment(
    environment: Mapping[str, str], own: Chosen, *, port: int, secrets_folder: Path
) -> dict[str, str]:
    """The web app's address and its secrets.

    A setting of a person stays. TRUEUP_WEBHOOK_URL is set for the sandbox only: a real
    provider needs a public address.
    """
    set_by_us = {
        "TRUEUP_WEBHOOK_SECRET": kept_secret(secrets_folder / "webhook-secret"),
        "TRUEUP_API_TOKEN": kept_secret(secrets_folder / "api-token"),
    }
    if not own.has_own_provider:
        address = f"http://{HOST}:{port}/webhooks/unipile"
        set_by_us["TRUEUP_WEBHOOK_URL"] = address
    return {
        name: environment.get(name, "").strip() or value
        for name, value in set_by_us.items()
    }


@dataclass(frozen=True)
class ConsoleTokens:
    """Who has one may come into the console: to look, or to act as well."""

    viewer: str = field(repr=False)
    operator: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """The variables that the console reads. No other service gets them."""
        return {
            "TRUEUP_CONSOLE_VIEWER_TOKEN": self.viewer,
            "TRUEUP_CONSOLE_OPERATOR_TOKEN": self.operator,
        }

    def sign_in_url(self, host: str, port: int) -> str:
        """The address that signs an operator in.

        A browser sends no fragment, and the page takes it out of the address. The token
        is quoted: a person may have set one with a plus sign, which is read as a blank.
        """
        token = urllib.parse.quote(self.operator, safe="")
        return f"http://{host}:{port}/sign-in#token={token}"


def console_tokens(environment: Mapping[str, str], folder: Path) -> ConsoleTokens:
    """The tokens that a person has set, else those in `folder`, made once."""
    given = {
        role: environment.get(f"TRUEUP_CONSOLE_{role.upper()}_TOKEN", "").strip()
        for role in ("viewer", "operator")
    }
    return ConsoleTokens(
        **{
            role: value or kept_secret(folder / f"console-{role}-token")
            for role, value in given.items()
        }
    )


def kept_secret(path: Path) -> str:
    """The secret in this file (mode 600), which is made if it is missing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"{secrets.token_urlsafe(32)}\n")
    path.chmod(0o600)
    return path.read_text().strip()


def sandbox_environment(port: int) -> dict[str, str]:
    """How the services reach the project's own sandbox."""
    return {"UNIPILE_DSN": f"http://127.0.0.1:{port}", "UNIPILE_API_KEY": API_KEY}


def without_own_settings(environment: Mapping[str, str], path: Path) -> dict[str, str]:
    """The environment without what an earlier start wrote into its shell file.

    Somebody who has sourced the file and starts again means the same server and
    provider, not foreign ones. A setting with another value stays, and so does one that
    a person had set.
    """
    if not path.exists():
        return dict(environment)
    lines = shlex.split(path.read_text().partition(_GIVEN)[0])
    own = dict(line.split("=", 1) for line in lines if line != "export")
    return {
        name: value for name, value in environment.items() if own.get(name) != value
    }


def write_shell_file(
    path: Path, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Writes a shell file with which scripts find the services of this start.

    It holds what the start itself has set, and addresses that a person had set.
    """
    own = {
        name: value
        for name, value in after.items()
        if name.startswith(FOR_SCRIPTS) and before.get(name) != value
    }
    given = {
        name: after[name]
        for name in GIVEN_ADDRESSES
        if after.get(name) and name not in own
    }
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(_exports(own) + (_GIVEN + _exports(given) if given else ""))


def _exports(variables: Mapping[str, str]) -> str:
    return "".join(
        f"export {name}={shlex.quote(value)}\n"
        for name, value in sorted(variables.items())
    )
