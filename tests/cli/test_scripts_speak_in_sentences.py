"""A person's mistake ends every script with a sentence, never with a traceback."""

import importlib

import pytest
from click.testing import CliRunner

from trueup.cli.pauses import pause_command

TOO_LARGE = str(2**63)
COMMANDS = {
    "as_of": ["account_status", "--at", "2026-05-04T12:00Z"],
    "backfill_stuck_connecting": [],
    "check_consistency": [],
    "connect_account": ["--workspace", "1", "--account", "1"],
    "do_not_contact": ["Ada", "--workspace", "1", "--reason", "asked"],
    "heal_inflated_counters": [],
    "heal_stale_next_actions": [],
    "import_prospects": ["{csv}", "--campaign", "1"],
    "pause": ["account", "1", "--workspace", "1", "--reason", "a holiday"],
    "rearm_pending_template_fix": [],
    "replay_missed_events": ["--account", "1", "--since", "2026-05-01"],
    "resolve_unknown_send": ["1", "--workspace", "1", "--sent", "--reason", "seen"],
    "resume": ["account", "1", "--workspace", "1", "--reason", "back"],
    "revert_leaked_accepts": [],
    "save_campaign": ["campaigns/pipl_connection.yml"],
    "send": ["--once"],
    "validate_templates": ["--all"],
    "why_not_messaged": ["Ada"],
}
IDS = [
    ("backfill_stuck_connecting", "--workspace"),
    ("connect_account", "--workspace"),
    ("connect_account", "--account"),
    ("do_not_contact", "--workspace"),
    ("heal_inflated_counters", "--account"),
    ("heal_stale_next_actions", "--account"),
    ("pause", "--workspace"),
    ("replay_missed_events", "--account"),
    ("resolve_unknown_send", "--workspace"),
    ("resume", "--workspace"),
]


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Calls a script by its name; its exit code and all that it said."""
    people = tmp_path / "people.csv"
    people.write_text("LinkedIn URL\nhttps://www.linkedin.com/in/ada\n")
    monkeypatch.setenv("UNIPILE_DSN", "http://127.0.0.1:1")
    monkeypatch.setenv("UNIPILE_API_KEY", "key")
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "https://trueup.test/webhooks/unipile")
    monkeypatch.setenv("TRUEUP_WEBHOOK_SECRET", "secret")

    def call(name, *more):
        if name in ("pause", "resume"):
            command = pause_command(is_paused=name == "pause")
        else:
            command = importlib.import_module(f"scripts.{name}").main
        arguments = [text.replace("{csv}", str(people)) for text in COMMANDS[name]]
        result = CliRunner().invoke(command, [*arguments, *more])
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result.exit_code, " ".join(result.output.split())

    return call


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_database_that_nobody_migrated_is_named_with_what_to_do(
    run, empty_database, monkeypatch, name
):
    monkeypatch.setenv("PGDATABASE", empty_database.name)
    code, said = run(name)

    assert code in (1, 2)
    assert f"The database {empty_database.name}" in said
    assert "Run scripts/up or scripts/migrate.py first" in said


@pytest.mark.parametrize(("name", "option"), IDS)
@pytest.mark.parametrize("number", [TOO_LARGE, "0", "-1"])
def test_a_number_that_no_row_can_have_is_no_id(run, name, option, number):
    code, said = run(name, option, number)

    assert code == 2
    assert f"{number} is no id: ids are whole numbers from 1." in said


@pytest.mark.parametrize("name", ["heal_inflated_counters", "heal_stale_next_actions"])
def test_nothing_is_called_right_of_an_account_that_is_not_there(
    run, database, monkeypatch, name
):
    monkeypatch.setenv("PGDATABASE", database.name)

    assert run(name, "--account", "99") == (
        2,
        "There is no account 99. Look the id up in the mart account_status.",
    )


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "http://[::1"])
def test_an_address_of_no_provider_is_refused_before_anything_is_sent(
    run, database, monkeypatch, address
):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("UNIPILE_DSN", address)
    code, said = run("send")

    assert code == 1
    assert f"UNIPILE_DSN is '{address}', which is not the address" in said


def test_an_address_of_no_receiver_is_refused(run, database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "http://[::1")
    code, said = run("connect_account")

    assert code == 1
    assert "TRUEUP_WEBHOOK_URL is 'http://[::1', which is no web address." in said
