"""`trueup send run --workspaces`: the share of the workspaces that a sender takes."""

import pytest
from psycopg.types.multirange import Int8Multirange

from tests.support.command_line import invoke
from trueup.cli.shares import WorkspaceSpans


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("7", {7}),
        ("1-3", {1, 2, 3}),
        ("1-2, 4", {1, 2, 4}),
        ("8-", {8, 9}),
    ],
)
def test_spans_are_ids_with_both_ends(connection, text, ids):
    spans = WorkspaceSpans().convert(text, None, None)

    assert isinstance(spans, Int8Multirange)
    assert {
        number
        for (number,) in connection.execute(
            "select number from generate_series(1::bigint, 9) as number"
            " where %s @> number",
            [spans],
        )
    } == ids


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("acme", "acme is no span of workspace ids; write 1-1000, or 1-500,900"),
        ("0-5", "0-5 is no span of workspace ids"),
        ("1,,2", "nothing is no span of workspace ids"),
        ("9-1", "9-1 ends before it begins; write 1-9."),
    ],
)
def test_a_span_that_is_none_is_named_with_what_to_write(text, sentence):
    result = invoke("send", "run", "--workspaces", text)

    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())


def test_a_share_without_a_workspace_is_said(shared_database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", shared_database.name)
    monkeypatch.setenv("UNIPILE_DSN", "http://127.0.0.1:9")
    monkeypatch.setenv("UNIPILE_API_KEY", "key")
    result = invoke("send", "run", "--once", "--workspaces", "1-")

    assert result.exit_code == 1
    assert "No workspace has an id of --workspaces" in " ".join(result.output.split())
