"""A person's mistake ends every command with a sentence, never with a traceback."""

import os

import click
import pytest

from demo.cli import main
from tests.support.command_line import invoke
from trueup.cli.options import script_connection
from trueup.cli.sentences import SentenceError

TOO_LARGE = str(2**63)
COMMANDS = {
    "account connect": ["--account", "1"],
    "account limits": ["1", "--preset", "careful"],
    "account list": [],
    "account migrate-to-v2": ["--account", "1"],
    "account pause": ["1", "--workspace", "1", "--reason", "a holiday"],
    "account resume": ["1", "--workspace", "1", "--reason", "back"],
    "account show": ["1"],
    "account timezone": ["1", "UTC"],
    "account windows": ["1", "mon-fri 9-17"],
    "alert list": [],
    "alert acknowledge": ["1"],
    "alert close": ["1"],
    "campaign list": [],
    "campaign pause": ["1", "--reason", "a new text"],
    "campaign preview": ["1"],
    "campaign resume": ["1", "--reason", "a new text"],
    "campaign save": ["campaigns/pipl_connection.yml"],
    "campaign show": ["1"],
    "db adopt": [],
    "db after-restore": [],
    "db check": [],
    "db distribute": [],
    "db psql": [],
    "db undistribute": [],
    "endpoint add": ["https://crm.example.com/hook"],
    "endpoint deliver": [],
    "endpoint list": [],
    "endpoint log": ["1"],
    "endpoint pause": ["1", "--reason", "a move"],
    "endpoint remove": ["1"],
    "endpoint resume": ["1"],
    "endpoint retry": ["1"],
    "endpoint test": ["1"],
    "heal counters": [],
    "heal leaked-accepts": [],
    "heal next-actions": [],
    "heal parked": [],
    "heal stuck-accounts": [],
    "invite list": [],
    "invite withdraw": ["--older-than", "21d"],
    "mart as-of": ["account_status", "--at", "2026-05-04T12:00Z"],
    "mart metric": ["accept_rate", "--by", "metric_time__week"],
    "mart question": ["who_is_over_which_limit"],
    "prospect contact-again": ["--company", "Acme"],
    "prospect do-not-contact": ["Ada", "--workspace", "1", "--reason", "asked"],
    "prospect import": ["{csv}", "--campaign", "1"],
    "prospect pause": ["Ada", "--reason", "talks to sales"],
    "prospect resume": ["Ada", "--reason", "sales is done"],
    "prospect show": ["Ada"],
    "prospect why": ["Ada"],
    "reply answer": ["Ada", "Gladly"],
    "reply list": [],
    "reply mark-read": ["Ada"],
    "reply poll": [],
    "reply show": ["Ada"],
    "reply stop": ["Ada"],
    "sandbox check": ["{csv}"],
    "send decide": ["1", "--workspace", "1", "--sent", "--reason", "seen"],
    "send forecast": [],
    "send run": ["--once"],
    "template check": ["--all"],
    "webhook replay": ["--account", "1", "--since", "2026-05-01"],
    "workspace add": ["Acme"],
    "workspace list": [],
}
# Those that need no database, or make it.
WITHOUT_DATABASE = {"alert test", "db migrate", "docs", "incident replay"}
NAMES = [
    (name, option)
    for name, arguments in COMMANDS.items()
    for option in ("--workspace", "--account", "--campaign")
    if option in arguments
] + [
    ("account connect", "--workspace"),
    ("alert list", "--workspace"),
    ("endpoint add", "--workspace"),
    ("endpoint list", "--workspace"),
    ("heal counters", "--account"),
    ("reply list", "--workspace"),
    ("reply list", "--account"),
    ("reply show", "--account"),
    ("heal leaked-accepts", "--workspace"),
    ("heal next-actions", "--account"),
    ("heal parked", "--campaign"),
    ("heal stuck-accounts", "--workspace"),
]


def leaves(command, path=()):
    """Each command of the tree by its name, such as "heal counters"."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from leaves(command.get_command(context, name), (*path, name))
    else:
        yield " ".join(path), command


TREE = dict(leaves(main))


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Calls a command by its name; its exit code and all that it said."""
    people = tmp_path / "people.csv"
    people.write_text("LinkedIn URL\nhttps://www.linkedin.com/in/ada\n")
    monkeypatch.setenv("UNIPILE_DSN", "http://127.0.0.1:1")
    monkeypatch.setenv("UNIPILE_API_KEY", "key")
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "https://trueup.test/webhooks/unipile")
    monkeypatch.setenv("TRUEUP_WEBHOOK_SECRET", "secret")

    def call(name, *more):
        arguments = [text.replace("{csv}", str(people)) for text in COMMANDS[name]]
        result = invoke(*name.split(), *arguments, *more)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result.exit_code, " ".join(result.output.split())

    return call


def test_every_command_is_listed_here():
    assert set(TREE) == set(COMMANDS) | WITHOUT_DATABASE


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_database_that_nobody_migrated_is_named_with_what_to_do(
    run, empty_database, monkeypatch, name
):
    monkeypatch.setenv("PGDATABASE", empty_database.name)
    code, said = run(name)

    assert code in (1, 2)
    assert f"The database {empty_database.name}" in said
    assert "Run scripts/up or `trueup db migrate` first" in said


@pytest.mark.parametrize(("name", "option"), NAMES)
@pytest.mark.parametrize("number", [TOO_LARGE, "0", "-1"])
def test_a_number_that_no_row_can_have_is_no_id(
    run, shared_database, monkeypatch, name, option, number
):
    monkeypatch.setenv("PGDATABASE", shared_database.name)
    code, said = run(name, option, number)

    assert code == 2
    assert f"{number} is no id: ids are whole numbers from 1." in said


@pytest.mark.parametrize("number", [TOO_LARGE, "0"])
def test_an_attempt_is_given_by_an_id_alone(run, number):
    result = invoke("send", "decide", number, "--sent", "--reason", "seen")

    assert result.exit_code == 2
    assert f"{number} is no id: ids are whole numbers from 1." in result.output


@pytest.mark.parametrize("name", ["heal counters", "heal next-actions"])
def test_nothing_is_called_right_of_an_account_that_is_not_there(
    run, database, monkeypatch, name
):
    monkeypatch.setenv("PGDATABASE", database.name)

    assert run(name, "--account", "99") == (
        2,
        "There is no account 99. List them with `trueup account list`.",
    )


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "http://[::1"])
def test_an_address_of_no_provider_is_refused_before_anything_is_sent(
    run, database, monkeypatch, address
):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("UNIPILE_DSN", address)
    code, said = run("send run")

    assert code == 1
    assert f"UNIPILE_DSN is '{address}', which is not the address" in said


def test_an_address_of_no_receiver_is_refused(run, database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "http://[::1")
    code, said = run("account connect")

    assert code == 1
    assert "TRUEUP_WEBHOOK_URL is 'http://[::1', which is no web address." in said


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_an_argument_that_is_not_utf_8_is_a_sentence(name):
    result = invoke(*name.split(), os.fsdecode(b"caf\xe9"))

    assert result.exit_code == 2
    assert r"The argument caf\udce9 is not UTF-8." in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("mart", "as-of", "account_status", "--at", "10000-01-01T00:00Z"),
        ("webhook", "replay", "--account", "1", "--since", "10000-01-01"),
    ],
)
def test_a_time_of_year_10000_is_a_sentence(arguments):
    result = invoke(*arguments)

    assert result.exit_code == 2
    assert "10000-01-01" in result.output
    assert "2026-04-28" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["endpoint", "pause", "1", "--reason", " "],
        ["account", "pause", "Anisha", "--reason", "a test", "--actor", ""],
    ],
)
def test_an_empty_actor_or_reason_is_refused(arguments):
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "It is empty; write a word." in result.output


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "do $$ begin perform 'x'::integer; end $$",
            'invalid input syntax for type integer: "x".',
        ),
        (
            "do $$ begin raise exception 'no %', 'y' using errcode = '22000',"
            " hint = 'Give one.'; end $$",
            "no y. Give one.",
        ),
        (
            "do $$ begin raise deadlock_detected; end $$",
            "Another change held the same rows. Do it again.",
        ),
        (
            "set role analyst; select outreach.adopt_ledger('x')",
            "permission denied for schema outreach.",
        ),
        (
            "select pg_terminate_backend(pg_backend_pid())",
            "terminating connection due to administrator command.",
        ),
    ],
)
def test_an_error_of_the_database_is_a_sentence_without_its_context(
    shared_database, monkeypatch, query, sentence
):
    monkeypatch.setenv("PGDATABASE", shared_database.name)
    with (
        pytest.raises(SentenceError) as refusal,
        script_connection("a test") as connection,
    ):
        connection.execute(query)
    assert str(refusal.value) == sentence
