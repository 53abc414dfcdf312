#!/usr/bin/env python
"""How long a new trueup takes from `scripts/up` to the first heal in Dagster's UI.

The checkout's .venv is made first, if it is missing, and is not counted: the clock
starts with packages installed. Dagster's UI is asked as a browser asks it, and the
first heal is there once it lists a materialization of `healed_daily_counters` that
healed a row. A checkout has no database yet (.local/postgres). The port must be free.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

import click

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from scripts.bench.sender import say
from scripts.bench.steady import (
    PR_SET_CHILD_SUBREAPER,
    READY,
    ROOT,
    processor_seconds,
    starting,
)

LOOK_AGAIN_SECONDS = 0.5
WANTED_SECONDS = 60.0
FIRST = "the first heal is in the UI"
HEALS = """
{
  assetOrError(assetKey: {path: ["healed_daily_counters"]}) {
    ... on Asset {
      assetMaterializations(limit: 10) {
        timestamp
        metadataEntries { label ... on IntMetadataEntry { intValue } }
      }
    }
  }
}
"""


def answer_of_ui(port: int) -> dict | None:
    """What Dagster's UI says of the heals; None while it does not answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": HEALS}).encode(),
        {"Content-Type": "application/json"},
    )
    with (
        contextlib.suppress(OSError, ValueError),
        urllib.request.urlopen(request, timeout=30) as response,
    ):
        return json.load(response)
    return None


def rows_healed(answer: dict | None) -> int:
    """The rows that the listed materializations healed."""
    asset = ((answer or {}).get("data") or {}).get("assetOrError") or {}
    return sum(
        entry["intValue"]
        for materialization in asset.get("assetMaterializations", [])
        for entry in materialization["metadataEntries"]
        if entry["label"] == "rows_healed"
    )


@click.command(help=__doc__)
@click.argument(
    "checkout", type=click.Path(path_type=pathlib.Path, exists=True), default=ROOT
)
@click.option("--port", default=3917, show_default=True, help="Where the UI listens.")
@click.option("--seconds", default=900.0, show_default=True, help="At most.")
def main(checkout: pathlib.Path, port: int, seconds: float) -> None:
    """Print the seconds to each stage, and what scripts/up printed of its steps."""
    checkout = checkout.resolve()
    subprocess.run([checkout / "scripts" / "ensure_venv"], check=True)
    # Processes whose parent has ended become children of this one, and are ended.
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began_at = time.monotonic()
    with starting(checkout, port) as (up, log):
        said_at: dict[str, float] = {}
        healed, spent = 0, 0.0
        while not healed or "the start is complete" not in said_at:
            time.sleep(LOOK_AGAIN_SECONDS)
            passed = time.monotonic() - began_at
            if up.poll() is not None or passed > seconds:
                raise click.ClickException(
                    f"No heal was seen in {passed:.0f} s; see {log}."
                )
            if READY in log.read_text():
                said_at.setdefault("the start is complete", passed)
            answer = answer_of_ui(port)
            if answer is not None:
                said_at.setdefault("Dagster's UI answers", passed)
            healed = healed or rows_healed(answer)
            if healed and FIRST not in said_at:
                said_at[FIRST] = passed
                spent = processor_seconds()
        click.echo(log.read_text())
    for what, at in said_at.items():
        click.echo(f"{at:7.1f} s  {what}")
    click.echo(f"{healed} rows were healed; until then all used {spent:.1f} s of CPU")
    say(FIRST, said_at[FIRST], lambda at: at <= WANTED_SECONDS, "at most 60 s")
    click.echo(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
