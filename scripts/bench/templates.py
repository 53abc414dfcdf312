#!/usr/bin/env python
"""What validating a template costs, as ratios to one strict parse by the engine.

Belongs here: the measurements that the README quotes. Does not: pass or fail; ratios
differ by machine, and the tests hold no clock.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
from liquid import Environment, Mode

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from trueup.templates import FIELDS, validate, validation

CUSTOM = ("subject_line",)
USUAL = (
    "Hi {{ firstName | default: 'there' }},\n\n"
    "I saw that {% if company %}{{ company }}{% else %}your team{% endif %} is hiring "
    "in {{ location | default: 'your area' }}. {{ custom.subject_line }}\n\n"
    "Would you be open to a quick chat?\n\nBest,\n{{ senderFirstName }}\n"
)
# The most that the limits of a template let through, and the most errors in one.
LARGEST = {
    "20,000 characters of prose": ("Hello there, how are you? " * 770)[:20_000],
    "300 names": "{{email}} " * 300,
    "8 filters": "{{ firstName" + " | upcase" * 8 + " }}",
    "20 nested conditions": "{% if company %}" * 20 + "Hi" + "{% endif %}" * 20,
    "100 unknown names": "{{ nobody }} " * 100,
}


def _seconds(
    work: Callable[[], object], number: int, repeats: int
) -> tuple[float, float]:
    """Least and median seconds of one call."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        for _ in range(number):
            work()
        times.append((time.perf_counter() - started) / number)
    return min(times), statistics.median(times)


def _first_time(template: str) -> None:
    validation.forget()
    validate(template, FIELDS, CUSTOM)


@click.command()
@click.option("--repeats", default=15, show_default=True, help="Runs of each measure.")
@click.option("--number", default=40, show_default=True, help="Calls in each run.")
def main(repeats: int, number: int) -> None:
    """Print ratios to one strict python-liquid parse of the same usual template."""
    engine = Environment(tolerance=Mode.STRICT)
    assert validate(USUAL, FIELDS, CUSTOM) == []
    parse = _seconds(lambda: engine.from_string(USUAL), number, repeats)
    first = _seconds(lambda: _first_time(USUAL), number, repeats)
    again = _seconds(lambda: validate(USUAL, FIELDS, CUSTOM), number * 10, repeats)
    click.echo(f"{'':32}{'least':>12}{'median':>12}{'of a parse':>12}{'limit':>8}")
    for name, (least, median), limit in (
        ("one strict parse", parse, 1),
        ("a validation", first, 6),
        ("one already seen", again, 0.1),
    ):
        click.echo(
            f"{name:32}{least * 1e6:>10.1f}us{median * 1e6:>10.1f}us"
            f"{least / parse[0]:>12.3f}{limit:>8}"
        )
    click.echo(f"\n{'at a limit':32}{'least':>12}{'of a parse':>12}{'errors':>8}")
    for name, template in LARGEST.items():
        least, _ = _seconds(partial(_first_time, template), 1, repeats)
        errors = len(validate(template, FIELDS, CUSTOM))
        click.echo(
            f"{name:32}{least * 1e3:>10.2f}ms{least / parse[0]:>12.1f}{errors:>8}"
        )


if __name__ == "__main__":
    main()
