"""`trueup incident`: incidents of the past, each replayed in a database of its own."""

import os
import pathlib
import signal
import sys
import time
from typing import TYPE_CHECKING

import click

from trueup.cli.sentences import SentenceError

if TYPE_CHECKING:
    import rich.console

    from demo.incidents.figures import Replayed
    from demo.incidents.replay import Incident


@click.group()
def incident() -> None:
    """Past incidents: replay them elsewhere."""


@incident.command("replay")
@click.argument("incident", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every incident, in its order.")
@click.option(
    "--to",
    "path",
    metavar="PATH",
    type=click.Path(path_type=pathlib.Path, dir_okay=False),
    help="Also write the figures to this file, as JSON.",
)
def replay_incident(
    incident: str | None, is_all: bool, path: pathlib.Path | None
) -> None:
    """Replay one incident, or all, and print before and after.

    INCIDENT is its name, such as LL#275. Its rows are loaded as they stood, what ended
    it is run, and each figure is shown beside the wanted one. It happens in a database
    of its own, on the server that PGHOST names or else on a temporary embedded one,
    beside a sandbox of its own; both are gone afterwards. Your own database and
    provider are never touched. Ends with 1 if a figure differs, with 2 if it cannot
    start.

    Example: trueup incident replay LL#275
    """
    import psycopg
    import rich.console

    from demo.incidents.registry import UnknownIncidentError
    from demo.incidents.tables import write_replays
    from trueup.postgres.connection import UnusableDatabaseError
    from trueup.postgres.data_directory import UnusableServerError
    from unipile_sandbox.control import SandboxError

    console = rich.console.Console(highlight=False)
    # The end by SIGTERM also drops what was made.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        replays = _replay(console, _chosen(incident, is_all))
    except (
        SandboxError,
        UnknownIncidentError,
        UnusableDatabaseError,
        UnusableServerError,
    ) as error:
        raise SentenceError(str(error)) from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise SentenceError(
            f"The server refuses a step of the replay: {error.diag.message_primary}. "
            "Rows as they stood enter past the rules, which takes a superuser: unset "
            "PGHOST and PGDATABASE to replay on a temporary embedded Postgres."
        ) from None
    if path is not None:
        write_replays(path, replays)
    sys.exit(0 if all(replayed.is_right for replayed in replays) else 1)


def _chosen(wanted: str | None, is_all: bool) -> "tuple[Incident, ...]":
    from demo.incidents.registry import INCIDENTS, find_incident

    if is_all and wanted is None:
        return INCIDENTS
    if wanted is not None and not is_all:
        return (find_incident(wanted),)
    known = ", ".join(incident.name for incident in INCIDENTS)
    raise click.UsageError(f"Give one incident, or --all. There are: {known}.")


def _replay(
    console: "rich.console.Console", incidents: "tuple[Incident, ...]"
) -> "list[Replayed]":
    from demo.incidents import environment
    from demo.incidents.tables import print_replay, print_replays

    began_at = time.monotonic()
    replays = []
    # Figures and rows are the sandbox's: no setting of a real provider is to be seen.
    for name in ("UNIPILE_DSN", "UNIPILE_API_KEY"):
        os.environ.pop(name, None)
    with (
        console.status("Starting Postgres…") as status,
        environment.replay_server() as server,
    ):
        status.update(f"Building the models in a new database on {server}…")
        for replayed in environment.replay_all(
            incidents, lambda name: status.update(f"{name}…")
        ):
            replays.append(replayed)
            print_replay(console, replayed)
    if len(replays) > 1:
        print_replays(console, replays)
    seconds = time.monotonic() - began_at
    console.print(f"It took {seconds:.0f} s, the models and the databases included.")
    return replays
