"""Shapes of exports and addresses from public sources, each with the right answer.

People and addresses are invented; the shapes come from what `source` names.
"""

import base64
import contextlib
import json
import pathlib
import re

import pytest

from trueup.imports.profile_addresses import UnreadableProfileError, read_profile
from trueup.imports.prospect_rows import (
    ProspectRow,
    RefusedRow,
    UnreadableExportError,
    read_export,
    read_rows,
)

CASES = json.loads(
    pathlib.Path(__file__).with_name("export_cases.json").read_text(encoding="utf-8")
)
FILES = [case for case in CASES if case["what"] == "import"]
ADDRESSES = [case for case in CASES if case["what"] == "address"]


def ids(cases):
    return [f"{case['id']} {case['kind']}" for case in cases]


def read(content):
    """The export of a file, and nothing; or nothing, and why it is refused."""
    try:
        return read_export(content), ""
    except UnreadableExportError as error:
        return None, str(error)


@pytest.mark.parametrize("case", FILES, ids=ids(FILES))
def test_a_file_is_read_as_a_person_would_read_it(case):
    export, sentence = read(base64.b64decode(case["content"]))
    if export is None:
        assert "rows" not in case, sentence
        named = case.get("file_refused", case.get("file_refused_or_rows", ""))
        assert re.search(named, sentence)
        return
    assert "file_refused" not in case
    rows = {row.line: row for row in read_rows(export)}
    people = {n: row for n, row in rows.items() if isinstance(row, ProspectRow)}
    refused = {n: row for n, row in rows.items() if isinstance(row, RefusedRow)}
    assert people or "file_refused_or_rows" not in case
    for line, fields in case.get("rows", {}).items():
        if case.get("or_refused") and int(line) in refused:
            continue
        found = {name: getattr(people[int(line)], name) for name in fields}
        assert found == fields
    assert refused.keys() >= set(case.get("refused", ()))
    for name, value in case.get("never", ()):
        assert value not in [getattr(row, name) for row in people.values()]
    assert len(refused) <= case.get("most_refused", len(refused))


@pytest.mark.parametrize("case", ADDRESSES, ids=ids(ADDRESSES))
def test_an_address_is_a_person_or_nobody(case):
    if case.get("refused"):
        with pytest.raises(UnreadableProfileError):
            read_profile(case["written"])
    elif "never_identifier" in case:
        with contextlib.suppress(UnreadableProfileError):
            found = read_profile(case["written"])
            assert found.public_identifier != case["never_identifier"]
    else:
        found = read_profile(case["written"])
        wanted = (case.get("provider_id"), case.get("public_identifier"))
        assert (found.provider_id, found.public_identifier) == wanted
