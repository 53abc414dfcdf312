"""Rows are readable at any width, safe on a terminal, and exact for a program."""

import contextlib
import csv
import datetime as dt
import io
import json
import os
import re
import subprocess

import pytest

from tests.support.command_line import invoke, trueup
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from trueup.cli.output import Output, as_text, print_table
from trueup.cli.spans import span_text
from trueup.paths import PROJECT_ROOT

ESC = "\x1b[31mAnisha\x1b[0m"
AT = dt.datetime(2026, 5, 4, 12, 0, 30, tzinfo=dt.UTC)
WIDE = ("a mart's column", "another column of it", "and a third one", "a fourth")


@pytest.fixture
def acme(database, monkeypatch):
    """A workspace with an account whose name steers terminals, and a campaign."""
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.delenv("COLUMNS", raising=False)
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        make_account(connection, workspace_id, name=ESC)
        make_campaign(connection, workspace_id)
    return database


def test_a_table_that_fits_is_a_table(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    print_table(("name", "count"), [("Anisha", 12)])
    head, rule, row = capsys.readouterr().out.splitlines()
    assert (head.split(), set(rule)) == (["name", "count"], {"─"})
    assert row.split() == ["Anisha", "12"]


@pytest.mark.parametrize("width", ["80", "40", "1"])
def test_a_table_that_does_not_fit_is_a_line_for_each_field(monkeypatch, capsys, width):
    monkeypatch.setenv("COLUMNS", width)
    print_table(WIDE, [("x" * 20,) * 4, ("y",) * 4])
    text = capsys.readouterr().out
    assert text.splitlines() == [
        *(f"{heading}: {'x' * 20}" for heading in WIDE),
        "",
        *(f"{heading}: y" for heading in WIDE),
    ]
    assert "…" not in text


def test_the_width_is_80_where_no_terminal_says_otherwise(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    print_table(("a",), [("x" * 80,)])
    print_table(("a",), [("x" * 81,)])
    fits, too_wide = capsys.readouterr().out.split("a: ")
    assert "x" * 80 in fits
    assert too_wide == "x" * 81 + "\n"


def test_wide_characters_count_twice(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "20")
    print_table(("a",), [("名" * 10,)])
    print_table(("a",), [("名" * 11,)])
    assert capsys.readouterr().out.count("a: ") == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (AT, "2026-05-04 12:00:30 UTC"),
        (AT.replace(second=0), "2026-05-04 12:00 UTC"),
        (None, ""),
        (True, "yes"),
        (dt.date(2026, 5, 4), "2026-05-04"),
        ("a\nb\tc", "a\\nb\\tc"),
        (ESC, "\\x1b[31mAnisha\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202edef", "abc\\u202edef"),
        ({"a": "é\x1b"}, '{"a": "é\\u001b"}'),
    ],
)
def test_a_value_is_one_safe_line(value, text):
    assert as_text(value) == text


def test_csv_and_json_hold_what_is_stored(capsys):
    Output("csv").rows(("name", "at", "no"), [(ESC, AT, None)])
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row == {"name": ESC, "at": "2026-05-04T12:00:30+00:00", "no": ""}
    Output("json").rows(("name", "at", "no"), [(ESC + "\x9b", AT, None)])
    text = capsys.readouterr().out
    assert json.loads(text) == [
        {"name": ESC + "\x9b", "at": "2026-05-04T12:00:30+00:00", "no": None}
    ]
    assert "\x1b" not in text
    assert "\x9b" not in text


def test_nothing_to_list_is_a_sentence_for_a_person_and_empty_for_a_program(capsys):
    for style in (None, "csv", "json"):
        Output(style).rows(("name",), [], none="There is none.")
    assert capsys.readouterr().out == "There is none.\nname\n[]\n"


@pytest.mark.parametrize(
    "path",
    [
        "workspace list",
        "account list",
        "campaign list",
        "campaign show",
        "account show",
    ],
)
def test_lists_are_printed_in_each_style(acme, path):
    arguments = [*path.split(), *(["1"] if path.endswith("show") else [])]
    table = invoke(*arguments)
    assert table.exit_code == 0, table.output
    assert "\x1b" not in table.output
    rows = json.loads(invoke(*arguments, "--json").output)
    assert len(rows) == (2 if path == "campaign show" else 1)
    text = invoke(*arguments, "--csv").output
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(rows)


def test_an_escape_in_a_name_is_written_out(acme):
    shown = invoke("account", "list").output
    assert "\\x1b[31mAnisha\\x1b[0m" in shown
    paused = invoke("account", "pause", "1", "--reason", "x")
    assert paused.output == "The account \\x1b[31mAnisha\\x1b[0m (1) is paused.\n"
    unknown = invoke("account", "show", "\x1b[31mPinki")
    assert unknown.exit_code == 2
    assert "\x1b" not in unknown.output


def test_an_escape_in_a_refusal_is_written_out(acme):
    refused = invoke("mart", "as-of", "\x1b[31mno_mart", "--at", "2026-04-28T12:00Z")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: \\x1b[31mno_mart is no mart.")
    assert "\x1b" not in refused.output


def test_open_alerts_are_listed_and_resolved_ones_only_when_asked_for(acme):
    with acme.connect() as connection:
        for code in ("one", "other"):
            connection.execute(
                "select outreach.open_admin_alert(0, %s, 'a', 'It failed.', '{}')",
                [code],
            )
        connection.execute("select outreach.resolve_admin_alert(0, 'other', 'a')")

    def codes(*more):
        shown = invoke("alert", "list", "--json", *more).output
        return sorted(row["code"] for row in json.loads(shown))

    assert codes() == ["one"]
    assert codes("--all") == ["one", "other"]
    assert codes("--workspace", "Acme") == []


def test_the_example_of_the_readme_is_readable_at_80_columns(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    columns = ["workspace_id", "workspace_name", "campaign_id", "campaign_name"]
    columns += ["campaign_status", "invited_count", "accepted_count", "accept_rate"]
    Output(None).rows(
        columns, [(1, "PIPL", 1, "PIPL Connection", "running", 9, 3, 0.3)]
    )
    assert "campaign_name: PIPL Connection\n" in capsys.readouterr().out


@pytest.mark.parametrize("style", [(), ("--csv",), ("--json",)])
def test_a_closed_pipe_ends_quietly(acme, style):
    reader, writer = os.pipe()
    os.close(reader)
    listing = subprocess.run(
        trueup("workspace", "list", *style),
        env=acme.environment(),
        cwd=PROJECT_ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writer)
    assert (listing.returncode, listing.stderr) == (1, b"")


def test_ctrl_c_ends_quietly(monkeypatch):
    def interrupt(_connection, _wanted):
        raise KeyboardInterrupt

    monkeypatch.setattr("trueup.cli.alert.workspace_id_of", interrupt)
    monkeypatch.setattr("trueup.cli.alert.script_connection", contextlib.nullcontext)
    ended = invoke("alert", "list")
    assert (ended.exit_code, ended.output) == (130, "")


class nothing:
    def __init__(self, name):
        pass

    def __enter__(self):
        return None

    def __exit__(self, *_):
        pass


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, ""),
        (90, "1 min 30 s"),
        (3_600, "1 h"),
        (86_400, "1 day"),
        (4 * 86_400 + 7_200, "4 days 2 h"),
    ],
)
def test_a_span_is_printed_in_its_units(seconds, text):
    assert span_text(dt.timedelta(seconds=seconds)) == text


def test_the_steps_of_a_campaign_are_shown_with_the_lines_of_their_texts(acme):
    shown = invoke("campaign", "show", "1").output
    assert "Step 1, send invite\n" in shown
    assert "\\n" not in shown


def test_columns_that_may_be_cut_off_make_a_table_fit(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("Anisha " * 6, 12, "Hello there"), ("Bo", 3, "No")]
    print_table(("name", "count", "text"), rows, cut=("name",))
    head, rule, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "count", "text"]
    assert set(map(len, (rule, first))) <= set(range(41))
    assert first.startswith("Anisha Anisha")
    assert "…" in first
    assert first.endswith("Hello there")
    assert second.split() == ["Bo", "3", "No"]


def test_a_table_that_does_not_fit_though_it_is_cut_off_is_whole_lines(
    monkeypatch, capsys
):
    monkeypatch.setenv("COLUMNS", "20")
    print_table(("name", "text"), [("Anisha " * 6, "Hello there, you")], cut=("name",))
    assert capsys.readouterr().out.splitlines() == [
        f"name: {'Anisha ' * 6}".rstrip(),
        "text: Hello there, you",
    ]


def test_an_optional_column_is_left_out_where_nobody_has_a_value(capsys):
    rows = [{"name": "Bo", "paused_by": None}, {"name": "Cy", "paused_by": None}]
    Output(None).dictionaries(rows, optional=("paused_by",))
    assert "paused_by" not in capsys.readouterr().out
    Output("csv").dictionaries(rows, optional=("paused_by",))
    assert capsys.readouterr().out.startswith("name,paused_by\n")
    Output(None).dictionaries([*rows, {"name": "Di", "paused_by": "ines"}])
    assert "ines" in capsys.readouterr().out


@pytest.fixture
def three_zones(database, monkeypatch):
    """Three accounts, each with a person to invite, in one campaign."""
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("COLUMNS", "80")
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        for zone in ("America/Los_Angeles", "Asia/Jakarta", "Europe/Berlin"):
            account_id = make_account(
                connection, workspace_id, f"Somebody of {zone}", timezone=zone
            )
            make_enrollments(
                connection, workspace_id, account_id, campaign_id, step_id, run_at=NOON
            )
    return database


def test_sends_of_several_zones_are_one_line_each_in_the_order_of_utc(three_zones):
    said = invoke("send", "forecast").output
    lines = said.splitlines()
    assert max(map(len, lines)) <= 80
    sends = [line for line in lines if re.match(r"\d\d-\d\d \d\d:\d\d ", line)]
    moments = [line[:11] for line in sends]
    assert len(sends) == 3
    assert moments == sorted(moments)
    assert [city for city in ("Los Angeles", "Jakarta", "Berlin") if city in said] == [
        "Los Angeles",
        "Jakarta",
        "Berlin",
    ]
    assert lines[-1].startswith("In the order of UTC, beside the time where")


def test_an_empty_pause_does_not_widen_the_list_of_accounts(three_zones):
    lines = invoke("account", "list").output.splitlines()
    assert "paused_by" not in lines[0]
    assert len(lines) == 5
