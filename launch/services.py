"""The processes that trueup consists of, one entry each.

Belongs here: what each service is called, how it is run, and how it says that it is
ready. Does not: starting or ending it (see `supervisor`), or commands that end by
themselves (see `commands`).
"""

import itertools
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"

# A service ends before the services that it calls, which are in lower layers: first
# Dagster with its runs and the console, then the sandbox, then the webhook receiver.
WEB_LAYER = 1
PROVIDER_LAYER = 2
DAGSTER_LAYER = 3
CONSOLE_LAYER = 3


@dataclass(frozen=True)
class Service:
    """One process. It is ready when `ready_url` answers or `ready_words` are logged."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    layer: int
    ready_url: str | None = None
    ready_words: str | None = None
    # A service that also ends when its standard input ends.
    has_open_stdin: bool = field(default=False)
    # A service whose end interrupts runs of Dagster.
    has_runs: bool = field(default=False)


def web_service(environment: Mapping[str, str], *, port: int) -> Service:
    """The webhook receiver, which also serves the last activity of accounts."""
    return Service(
        name="web",
        argv=(
            *(sys.executable, "-m", "trueup.web"),
            *("--host", HOST, "--port", str(port)),
        ),
        environment=environment,
        layer=WEB_LAYER,
        ready_url=f"http://{HOST}:{port}/healthz",
    )


def console_service(environment: Mapping[str, str], *, port: int) -> Service:
    """The pages for the people who run campaigns."""
    return Service(
        name="console",
        argv=(
            *(sys.executable, "-m", "trueup.console"),
            *("--host", HOST, "--port", str(port)),
        ),
        environment=environment,
        layer=CONSOLE_LAYER,
        ready_url=f"http://{HOST}:{port}/healthz",
    )


def sandbox_service(
    environment: Mapping[str, str], *, port: int, journal: Path
) -> Service:
    """The Unipile sandbox, which keeps its world in `journal`."""
    module = "unipile_sandbox"
    return Service(
        name="sandbox",
        argv=(
            *(sys.executable, "-m", module),
            *("--port", str(port), "--journal", str(journal), "--die-with-stdin"),
            *("--api-key", environment["UNIPILE_API_KEY"]),
        ),
        environment=environment,
        layer=PROVIDER_LAYER,
        ready_url=f"http://{HOST}:{port}/sandbox/health",
        has_open_stdin=True,
    )


def dagster_service(
    environment: Mapping[str, str],
    *,
    port: int,
    workspace: Path,
    locations: Mapping[str, tuple[str, Path]],
) -> Service:
    """Dagster's UI, its schedules, sensors, queue and backfills, and its code servers.

    locations: the module and the socket of each code location, by its name.
    """
    given = (
        ("--location", name, module, str(socket))
        for name, (module, socket) in locations.items()
    )
    return Service(
        name="dagster",
        argv=(
            *(sys.executable, "-m", "dagster_project.server"),
            *("--host", HOST, "--port", str(port), "--workspace", str(workspace)),
            *itertools.chain.from_iterable(given),
        ),
        environment=environment,
        layer=DAGSTER_LAYER,
        ready_url=f"http://{HOST}:{port}/server_info",
        has_runs=True,
    )
