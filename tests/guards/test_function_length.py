"""An SQL function that is read as a whole has fewer than 150 lines."""

from pathlib import Path

import pytest

from trueup.paths import PROJECT_ROOT

FEWER_THAN = 150
# Longer ones, with their lines. The list only shrinks: split them by meaning.
LONGER = {
    "sql/functions/forecast/simulate_sends.sql": 485,
    "sql/functions/queue/claimed_send_jobs.sql": 159,
}


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def all_lines() -> dict[str, int]:
    files = [
        path
        for folder in ("functions", "triggers", "views")
        for path in (PROJECT_ROOT / "sql" / folder).rglob("*.sql")
    ]
    return {str(path.relative_to(PROJECT_ROOT)): lines_of(path) for path in files}


def test_no_function_grows_beyond_150_lines():
    too_long = {
        path: lines
        for path, lines in all_lines().items()
        if lines >= FEWER_THAN and lines > LONGER.get(path, 0)
    }
    assert too_long == {}, "split these functions by meaning"


@pytest.mark.parametrize("path", sorted(LONGER))
def test_a_function_that_was_shortened_leaves_the_list(path):
    assert all_lines().get(path, 0) >= FEWER_THAN, f"take {path} from the list"
