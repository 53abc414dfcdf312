"""A person sets up an account from the shell: workspace, limits, windows, zone."""

import json

import pytest

from tests.support.command_line import invoke
from tests.support.rows import make_account, make_workspace
from trueup.postgres.timezone_files import zone_of_machine

GROWS = ["--grow-to", "9"]


@pytest.fixture
def say(database, monkeypatch):
    """Runs a command; what it printed, on one line, and its exit code."""
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("UNIPILE_DSN", "http://127.0.0.1:1")
    monkeypatch.setenv("UNIPILE_API_KEY", "key")
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments):
        result = invoke(*arguments)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result.exit_code, " ".join(result.output.split())

    return call


@pytest.fixture
def anisha(opened):
    workspace_id = make_workspace(opened)
    account_id = make_account(
        opened,
        workspace_id,
        timezone="Asia/Kathmandu",
        limits=(),
        windows=((1, "09:00", "09:01"),),
    )
    return workspace_id, account_id


def test_a_workspace_is_added_once_beside_the_provider_of_the_environment(say, opened):
    added = say("workspace", "add", "Client One", "--timezone", "Europe/Berlin")

    assert added[0] == 0
    assert (
        'Workspace "Client One" (1) works through the provider at http://127'
        in (added[1])
    )
    assert opened.execute(
        "select name, provider_dsn, timezone, created_by is not null"
        " from outreach.workspaces"
    ).fetchall() == [("Client One", "http://127.0.0.1:1", "Europe/Berlin", True)]
    code, said = say("workspace", "add", "client one")
    assert (code, said) == (
        1,
        'Error: there is a workspace "client one" already. Give another name; '
        "`trueup workspace list` shows them.",
    )
    assert (
        "Did you mean Europe/Berlin?"
        in (say("workspace", "add", "Two", "--timezone", "Europe/Berln")[1])
    )
    assert "A number is read as an id." in say("workspace", "add", "42")[1]


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (":/usr/share/zoneinfo/Asia/Kathmandu", "Asia/Kathmandu"),
        ("CET-1CEST", "UTC"),
    ],
)
def test_the_zone_of_this_machine_is_the_default(monkeypatch, named, zone):
    monkeypatch.setenv("TZ", named)

    assert zone_of_machine() == zone


def test_an_account_shows_what_it_may_do_and_when(say, anisha):
    code, said = say("account", "show", "Anisha")

    assert code == 0
    assert "type: free" in said
    assert "opened on: unknown, which counts as new" in said
    assert "status: connected, since " in said
    assert "because: a test" in said
    assert "last activity: unknown until the models are built" in said
    assert "lives in: Asia/Kathmandu" in said
    assert "sends: mon 09:00-09:01. The next opens Mon " in said or (
        "sends: mon 09:00-09:01. One is open now." in said
    )
    assert "trueup account limits NAME --preset recommended" in said


def test_limits_are_set_by_preset_or_one_by_one_and_shown(say, anisha, opened):
    code, said = say(
        "account", "limits", "Anisha", "--preset", "recommended", "--account-age", "4mo"
    )
    assert code == 0
    assert "send_invite 0 of 10/day" in said
    assert "20 by 1 5 min" in said

    say("account", "limits", "Anisha", "--action", "send_invite", "--day", "7")
    say(
        *("account", "limits", "Anisha", "--action", "send_message", "--day", "9"),
        *("--grow-to", "12", "--grow-by", "0.5", "--gap", "90s"),
    )
    say("account", "limits", "Anisha", "--action", "send_invite", "--week", "none")

    code, said = say("account", "limits", "Anisha", "--json")
    rows = {
        (row["action"], row["per"]): (row["limit_today"], row["goal_count"])
        for row in json.loads(said)
    }
    assert rows["send_invite", "day"] == (7, None)
    assert rows["send_message", "day"] == (9, 12)
    assert ("send_invite", "week") not in rows
    assert ("comment", "day") in rows


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--day", "5"], "Say which action has these limits"),
        (["--action", "send_invite"], "Give a limit too, such as --day 20."),
        (
            ["--action", "send_invite", "--preset", "careful"],
            "Give --preset, or --action with limits, not both.",
        ),
        (["--account-age", "2y"], "--account-age belongs to --preset."),
        (["--action", "send_invite", "--day", "-1"], "-1 is no limit"),
        (["--action", "send_invite", "--day", "9" * 5000], "is no limit; write"),
        (
            ["--action", "send_invite", "--day", "1", *GROWS, "--grow-by", "nan"],
            "--grow-by nan is no number",
        ),
        (
            ["--preset", "careful", "--account-age", "999999y"],
            "a LinkedIn account cannot be 999999 years old",
        ),
        (
            ["--action", "send_invite", "--day", "1", "--gap", "5"],
            "5 is no such span; write 5m or 90s.",
        ),
        (
            ["--action", "send_invite", "--grow-to", "9"],
            "--grow-to needs the first daily limit: add --day.",
        ),
        (["--preset", "brave"], "There are: careful, recommended."),
        (
            ["--action", "send_message", "--outstanding", "9"],
            "Only invites are outstanding",
        ),
        (
            ["--action", "send_invite", "--gap", "5m"],
            "has no limit on send_invite per day that could be changed. Give the limit",
        ),
        (
            ["--action", "send_invite", "--day", "9", "--grow-to", "8"],
            "The goal of a ramp is not below its first limit.",
        ),
    ],
)
def test_a_limit_that_cannot_be_set_is_a_sentence(say, anisha, arguments, sentence):
    code, said = say("account", "limits", "Anisha", *arguments)

    assert code in (1, 2)
    assert sentence in said


def test_windows_are_shown_and_set(say, anisha):
    assert say("account", "windows", "Anisha", "mon-fri 9-17, sat 10-12")[1].startswith(
        f"Anisha ({anisha[1]}) sends mon-fri 09:00-17:00, sat 10:00-12:00 in"
        " Asia/Kathmandu."
    )
    assert "sat 10:00-12:00" in say("account", "windows", "Anisha")[1]
    code, said = say("account", "windows", "Anisha", "always")
    assert (code, "Write days and hours, such as" in said) == (1, True)


def test_a_zone_is_shown_and_takes_effect_at_the_next_midnight(say, anisha):
    code, said = say("account", "timezone", "Anisha", "Europe/Berlin")

    assert code == 0
    assert said.startswith(
        f"Anisha ({anisha[1]}) lives in Asia/Kathmandu, and in Europe/Berlin from "
    )
    assert " 00:00 +0545 on." in said
    code, said = say("account", "timezone", "Anisha", "CET")
    assert (code, "Name the city" in said) == (1, True)
