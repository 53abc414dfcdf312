"""The SQL of dbt's macros, which only runs over changed rows use, fits Citus."""

import re

import pytest

from trueup.paths import PROJECT_ROOT

MACROS = sorted((PROJECT_ROOT / "dbt" / "macros").glob("*.sql"))
IS_ON_CITUS = "is_on_citus.sql"


def test_a_lateral_ends_with_offset_0_outside_citus_only():
    found = {path.name for path in MACROS if "offset 0" in path.read_text()}

    assert found == {IS_ON_CITUS}
    one_by_one = [path for path in MACROS if "{{ one_by_one() }}" in path.read_text()]
    assert len(one_by_one) >= 2


@pytest.mark.parametrize("materialization", ["kept_table", "table_of_dates"])
def test_what_a_merge_reads_is_computed_before_it(materialization):
    (path,) = [path for path in MACROS if path.stem == materialization]
    text = path.read_text()
    merging = text[text.index("{% macro merge_") :]

    # A statement that merges names no source, but what was computed into a table.
    assert "ref(" not in text
    assert "source(" not in text
    assert "computed_apart(sql)" in text
    calls = re.findall(r"\b(?:changed|of_changed)_\w+\(", merging)
    apart = re.findall(r"computed_apart\(\s*((?:of_)?changed_\w+\()", merging)
    assert calls == apart
