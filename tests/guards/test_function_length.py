"""An SQL function that is read as a whole has fewer than 150 lines."""

from pathlib import Path

from trueup.paths import PROJECT_ROOT

FEWER_THAN = 150


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def all_lines() -> dict[str, int]:
    files = [
        path
        for folder in ("functions", "triggers", "views")
        for path in (PROJECT_ROOT / "sql" / folder).rglob("*.sql")
    ]
    return {str(path.relative_to(PROJECT_ROOT)): lines_of(path) for path in files}


def test_every_function_has_fewer_than_150_lines():
    too_long = {
        path: lines for path, lines in all_lines().items() if lines >= FEWER_THAN
    }
    assert too_long == {}, "split these functions by meaning"
