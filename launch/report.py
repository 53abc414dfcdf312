"""What `scripts/up` prints while it starts, and afterwards.

Belongs here: progress, the welcome, and the table of --once. Does not: deciding
anything.
"""

import contextlib
import os
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from trueup.cli.sentences import escaped
from trueup.inbound.settings import (
    SERVICE_KEY,
    WebhookTarget,
    may_audit_webhooks,
    provider_addresses,
    webhook_address,
)
from trueup.postgres.connection import connect
from trueup.unipile.addresses import Version, version_of

_HEALS_SHOWN = 5
# How new messages and the other lists are read where no webhook tells of them.
_POLLED: Mapping[Version, str] = {
    1: "new messages are polled every few minutes, the other lists four times a day",
    2: (
        "new messages are polled every few minutes while a step is due, and once an "
        "hour otherwise, the other lists four times a day"
    ),
}


@dataclass(frozen=True)
class Loaded:
    """What the first look loaded into an empty database."""

    accounts: int
    inflated: int


@dataclass(frozen=True)
class Started:
    """What a start has done, for the welcome.

    first_workspace: the workspace that it made beside a real provider, if there was
        none. first_account_id: None while no account is connected. sign_in_url: of the
        console, with the operator's token.
    """

    port: int
    sign_in_url: str = field(repr=False)
    web_url: str
    loaded: Loaded | None
    first_workspace: str | None
    first_account_id: int | None


@contextlib.contextmanager
def step(console: Console, says: str) -> Iterator[None]:
    """Prints what is being done, and how long it took."""
    began_at = time.monotonic()
    with console.status(f"{says}…"):
        yield
    console.print(f"{says}: done ({time.monotonic() - began_at:.1f} s)")


def print_welcome(console: Console, started: Started, folder: Path) -> None:
    """Prints addresses, what to look at first, and how to stop; folder: `.local`."""
    url, loaded = f"http://127.0.0.1:{started.port}", started.loaded
    console.print(f"\n[bold]trueup is up: {started.sign_in_url}[/bold]")
    console.print(
        "That address signs an operator in to the console. To let somebody only look, "
        f"give them the token in {folder / 'console-viewer-token'}."
    )
    console.print(f"Dagster's UI, with runs and schedules: {url}")
    if loaded is not None:
        right = loaded.accounts - loaded.inflated
        console.print(
            f"The database was empty, so it now holds LL#273: {loaded.accounts} "
            f"accounts, {loaded.inflated} with inflated invite counters."
        )
        console.print(
            f"Look first at {url}/assets/healed_daily_counters: the first heal lowers "
            f"{loaded.inflated} counters and leaves {right}."
        )
    for line in _next_steps(started):
        console.print(line)
    console.print(f"The asset graph: {url}/asset-groups")
    console.print(f"The run that sends and takes in webhooks: {url}/runs")
    for line in _about_webhooks(started.web_url):
        console.print(line)
    if started.first_account_id is not None:
        console.print(
            "When an account was last active, once the models are built: "
            f"{started.web_url}/api/linkedin/accounts/{started.first_account_id}/"
            f"last-activity, with the bearer token in {folder / 'api-token'}"
        )
    console.print(
        "In another shell: scripts/trueup --help; for the database, scripts/trueup db "
        "psql"
    )
    console.print(f"The logs: {folder / 'logs'}")
    console.print("Ctrl-C ends all of it and keeps the data.\n")


def database_time() -> datetime:
    """The database's clock."""
    with connect(autocommit=True) as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    return row[0]


def print_findings(console: Console, since: datetime) -> None:
    """Prints what was found and healed since that moment."""
    with connect(autocommit=True, application_name="findings") as connection:
        findings = connection.execute(
            "select finding, found from outreach.findings_since(%s)", [since]
        ).fetchall()
        heals = connection.execute(
            "select * from outreach.heals_since(%s)", [since]
        ).fetchall()
    table = Table(title="What was found and healed", title_justify="left")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for finding, found in findings:
        table.add_row(finding, str(found))
    console.print(table)
    for account_name, action, before, after in heals[:_HEALS_SHOWN]:
        healed = escaped(f"{account_name}: {action} counter {before} → {after}")
        console.print(healed, markup=False)
    if len(heals) > _HEALS_SHOWN:
        console.print(f"… and {len(heals) - _HEALS_SHOWN} more heals")


def _next_steps(started: Started) -> list[str]:
    """What a new user does next, where no account can send yet."""
    lines = []
    if started.first_workspace is not None:
        lines.append(
            f'There was no workspace, so "{started.first_workspace}" was made for '
            f"{_provider()}; trueup workspace add makes more."
        )
    if started.first_account_id is None:
        lines.append(
            "No account is connected yet. In another shell, with the UNIPILE_* "
            "variables set: scripts/trueup account connect"
        )
    return lines


def _provider() -> str:
    addresses = (os.environ.get(name) for name in ("UNIPILE_DSN", "UNIPILE_V2_DSN"))
    return " and ".join(address for address in addresses if address)


def _about_webhooks(web_url: str) -> list[str]:
    """Where webhooks of each version come, or how it is polled without them."""
    here = WebhookTarget(f"{web_url}/webhooks/unipile", "")
    lines = []
    for dsn in provider_addresses():
        version, told_at = version_of(dsn), webhook_address(dsn)
        if told_at is None:
            needs_key = "" if may_audit_webhooks(dsn) else f", and {SERVICE_KEY} too"
            lines.append(
                f"TRUEUP_WEBHOOK_URL is not set, so version {version} of the "
                f"provider's API sends no webhooks: {_POLLED[version]}. Set it to the "
                f"public address that leads to {here.url}{needs_key}."
            )
        elif not may_audit_webhooks(dsn):
            lines.append(
                f"{SERVICE_KEY} is not set, so no webhooks are registered at version "
                f"{version} of the provider's API: {_POLLED[version]}."
            )
        else:
            wanted = here.url_at(dsn)
            if _is_other_port_here(told_at, wanted):
                lines.append(
                    f"Warning: TRUEUP_WEBHOOK_URL leads to {told_at} on this machine, "
                    f"but the receiver listens at {wanted}: no webhook of version "
                    f"{version} arrives. Free the port and start again, or set it to "
                    f"{here.url}."
                )
            leads = "" if told_at == wanted else f", to lead to {wanted}"
            registered_at = _registered_at(dsn, told_at)
            state = (
                "are registered"
                if registered_at is not None
                else "are not registered yet: the audit does it once an account is "
                "connected,"
            )
            since = "" if registered_at is None else f" (seen {registered_at:%F %R %Z})"
            lines.append(
                f"Webhooks of version {version} of the provider's API {state} "
                f"at {told_at}{since}{leads}"
            )
    return lines


def _is_other_port_here(told_at: str, wanted: str) -> bool:
    """Whether the address is of this machine, and not of the receiver's port."""
    told, ours = urllib.parse.urlsplit(told_at), urllib.parse.urlsplit(wanted)
    is_here = told.hostname in ("127.0.0.1", "localhost", "::1")
    return is_here and told.port != ours.port


def _registered_at(dsn: str, told_at: str) -> datetime | None:
    """When the newest audit saw that webhooks tell us of events at our address."""
    with connect(autocommit=True) as connection:
        row = connection.execute(
            "select max(read_at) from"
            " outreach.webhook_events_told_at(%s, %s, clock_timestamp())",
            [dsn, told_at],
        ).fetchone()
    assert row is not None
    return row[0]
