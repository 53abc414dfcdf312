"""The commands of a start that run to their end, such as parsing dbt.

Belongs here: their argument lists. Does not: running them (see `supervisor_client`),
or services that keep running.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trueup.paths import PROJECT_ROOT

# A local day ends up to 12 hours after the UTC day, and starts up to 14 before it.
WESTERNMOST = timedelta(hours=12)
EASTERNMOST = timedelta(hours=14)


@dataclass(frozen=True)
class Command:
    """One process that ends by itself; `says` is its line of progress.

    has_runs: whether its end interrupts runs of Dagster.
    """

    name: str
    says: str
    argv: tuple[str, ...]
    has_runs: bool = False


def parse_dbt() -> Command:
    """Writes dbt's manifest, which every Dagster process then reads."""
    folder = str(PROJECT_ROOT / "dbt")
    return Command(
        name="dbt-parse",
        says="Reading the dbt models",
        argv=(
            *(str(Path(sys.executable).with_name("dbt")), "--no-version-check"),
            *("parse", "--project-dir", folder, "--profiles-dir", folder),
        ),
    )


def make_dagster_tables() -> Command:
    """Makes Dagster's tables; services that start together would collide over them."""
    return Command(
        name="dagster-tables",
        says="Making Dagster's tables",
        argv=(sys.executable, "-m", "dagster", "instance", "migrate"),
    )


def materialize_everything(as_of: datetime) -> tuple[Command, ...]:
    """Every asset once: models, checks and heals, then sends, then the checks again."""
    models = "dagster_project.definitions"
    return (
        _job(
            "materialize_everything",
            models,
            "Building the models, checking them, healing what differs",
            tags=_local_todays(as_of),
        ),
        _job(
            "send_due_jobs", "dagster_project.sender_definitions", "Sending what is due"
        ),
        _job("recheck_counters", models, "Checking the counters again"),
    )


def replay_incidents(figures: Path) -> Command:
    """Replays every incident in a database of its own; writes the figures to a file."""
    return Command(
        name="replay-incidents",
        says="Replaying the incidents, each in a database of its own",
        argv=(
            *(sys.executable, "-m", "demo.cli", "incident", "replay"),
            *("--all", "--to", str(figures)),
        ),
    )


def _local_todays(as_of: datetime) -> dict[str, str]:
    """Tags of one run over each date that is today in some time zone."""
    now = as_of.astimezone(UTC)
    return {
        "dagster/asset_partition_range_start": f"{now - WESTERNMOST:%Y-%m-%d}",
        "dagster/asset_partition_range_end": f"{now + EASTERNMOST:%Y-%m-%d}",
    }


def _job(
    job: str, module: str, says: str, tags: Mapping[str, str] | None = None
) -> Command:
    argv = [sys.executable, "-m", "dagster", "job", "execute"]
    argv += ["--module-name", module, "--job", job]
    if tags:
        argv += ["--tags", json.dumps(tags)]
    return Command(job.replace("_", "-"), says, tuple(argv), has_runs=True)
