#!/usr/bin/env python
"""What validating a template costs, as ratios to one strict parse by the engine.

Belongs here: the measurements that the README quotes. Does not: pass or fail; ratios
differ by machine, and the tests hold no clock.
"""

import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
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
_DOUBLING = "| replace: 'a', 'aaaaaaaaaaaaaaaa' "
HOSTILE = {
    "{{ x 8,000": "{{" * 8_000,
    "{{ x 10,000, a blank between": "{{ " * 6_666,
    "{% x 10,000": "{%" * 10_000,
    "{{% x 6,000": "{{%" * 6_000,
    "{ x 20,000": "{" * 20_000,
    "{ and blank x 10,000": "{ " * 10_000,
    "} and blank x 10,000": "} " * 10_000,
    "}} x 10,000": "}}" * 10_000,
    "{ x 10,000 } x 10,000": "{ " * 5_000 + "} " * 5_000,
    "{a} x 6,000": "{a}" * 6_000,
    "5%} x 6,000": "5%}" * 6_000,
    "replace chain of 8": "{{ 'a' " + _DOUBLING * 8 + "}}",
    "replace chain of a field": "{{ firstName " + "| replace: '7', '77777' " * 8 + "}}",
    "range joined": "{{ (1..3000000) | join }}",
    "blanks in a tag": "{{ firstName" + " " * 19_900 + "}}",
    "quotes in a tag": "{{ '" + "' '" * 6_000 + "}}",
    "pipes in a tag": "{{ firstName" + " | upcase" * 2_000 + " }}",
    "braces in quotes": "{{ firstName | append: '" + "{ } " * 4_000 + "' }}",
    "nested ifs": "{% if company %}" * 1_000 + "{% endif %}" * 300,
    "capture doubling": "{% capture a %}xxxxxxxxxx{% endcapture %}"
    + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 200,
    "assign doubling": "{% assign a = 'xxxxxxxxxx' %}"
    + "{% assign a = a | append: a %}" * 400,
    "wrong names": "{{ nobody }}" * 1_600,
    "right names": "{{email}}" * 2_200,
    "300 right names": "{{email}}" * 300,
    "marks": "[a](b)<c>%d%" * 1_600,
    "open square brackets": "[[" * 10_000,
    "angle brackets": "<a " * 6_600,
    "entities": "&#123;" * 3_300,
    "nothing but text": "Hello there, how are you? " * 769,
    "percent signs": "%a" * 10_000,
    "one long word": "a" * 20_000,
    "underscores": "_" * 20_000,
    "too long": "x" * 200_000,
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


def _hostile_in_child(template: str, answers: "multiprocessing.Queue[tuple]") -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    least, median = _seconds(lambda: _first_time(template), 1, 5)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    errors = validate(template, FIELDS, CUSTOM)
    answers.put((least, median, (after - before) * unit / 1e6, len(errors)))


@click.command()
@click.option("--repeats", default=15, show_default=True, help="Runs of each measure.")
@click.option("--number", default=40, show_default=True, help="Calls in each run.")
@click.option("--hostile/--no-hostile", default=True, help="Also the hostile inputs.")
def main(repeats: int, number: int, hostile: bool) -> None:
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
    if not hostile:
        return
    click.echo(
        f"\n{'hostile input':32}{'least':>12}{'of a parse':>12}"
        f"{'MB more':>9}{'errors':>8}"
    )
    context = multiprocessing.get_context("spawn")
    for name, template in HOSTILE.items():
        answers = context.Queue()
        child = context.Process(target=_hostile_in_child, args=(template, answers))
        child.start()
        least, _, more, errors = answers.get(timeout=120)
        child.join()
        click.echo(
            f"{name:32}{least * 1e3:>10.2f}ms{least / parse[0]:>12.1f}"
            f"{more:>9.1f}{errors:>8}"
        )


if __name__ == "__main__":
    main()
