#!/usr/bin/env python
"""Times reading exports and campaign files, as ratios of twice as much to once.

Belongs here: whether the CPU that a file costs grows with its rows, columns or steps
alone. Does not: pass or fail, or what the database does with an import; the tests
hold no clock.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from trueup.campaigns import check_campaign, parse_campaign
from trueup.imports.prospect_rows import read_export, read_rows

FIRST = ("Ada", "Eva", "José", "Jürgen", "Mia", "Łukasz")
LAST = ("Ro", "Müller", "van der Berg", "O'Neil", "Núñez")


def export_of(rows: int, columns: int, *, has_full_names: bool = False) -> bytes:
    """A CSV of people; columns beyond the usual ones hold a word each."""
    names = ["Full Name"] if has_full_names else ["First Name", "Last Name"]
    header = [*names, "LinkedIn URL", "Email", "Company", "Position"]
    more = [f"Field {number}" for number in range(max(columns - len(header), 0))]
    lines = [",".join([*header, *more])]
    for number in range(rows):
        name = [FIRST[number % 6], LAST[number % 5]]
        cells = [
            *([f"Dr. {' '.join(name)} {number}, PhD"] if has_full_names else name),
            f"https://www.linkedin.com/in/person-{number:x}",
            f"p{number}@example.org",
            f'"Company {number % 977}, Inc."',
            "Director",
            *["word"] * len(more),
        ]
        lines.append(",".join(cells))
    return "\n".join(lines).encode()


def campaign_of(steps: int) -> str:
    """A campaign file of one invite and many messages."""
    message = "  - action: send_message\n    delay: 1 day\n    message: Hello\n"
    return (
        "name: Bench\naccounts: [Anisha]\nsteps:\n  - action: send_invite\n"
        f"  - action: wait_accept\n{message * steps}"
    )


def read(content: bytes) -> None:
    """Everything that is read of an export before the database sees it."""
    for _ in read_rows(read_export(content)):
        pass


def check(text: str) -> None:
    """Everything that is judged of a campaign file without a database."""
    check_campaign(parse_campaign(text))


def _seconds(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return statistics.median(times)


@click.command()
@click.option("--repeats", default=5, show_default=True, help="Runs of each measure.")
@click.option("--scale", default=1.0, show_default=True, help="Of all sizes.")
def main(repeats: int, scale: float) -> None:
    """Print how many times as much CPU twice as many rows, columns or steps cost."""

    def sizes(once: int) -> tuple[int, int]:
        return round(once * scale), 2 * round(once * scale)

    measures: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "rows": tuple(partial(read, export_of(rows, 10)) for rows in sizes(20_000)),
        "rows of full names": tuple(
            partial(read, export_of(rows, 5, has_full_names=True))
            for rows in sizes(5_000)
        ),
        "columns": tuple(
            partial(read, export_of(20, columns)) for columns in sizes(4_000)
        ),
        "steps of a campaign": tuple(
            partial(check, campaign_of(steps)) for steps in sizes(48)
        ),
    }
    for what, (once, twice) in measures.items():
        least, most = _seconds(once, repeats), _seconds(twice, repeats)
        click.echo(f"twice as many {what}: {most / least:.2f} times the CPU")


if __name__ == "__main__":
    main()
