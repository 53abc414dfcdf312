"""Answers that a sender could not record before it ended: the next one records them."""

import json
import logging
import os
import signal
import stat
import time

import psycopg
import pytest

from tests.support.sender_campaigns import ACCEPTED, INVITE
from tests.support.sender_processes import (
    exit_code,
    one_round,
    start_sender,
    wait_until,
)
from trueup.sender import spool
from trueup.sender.session import LostConnectionError, Session
from trueup.unipile.client import UnipileClient

PEOPLE = 6


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A spool of the test's own."""
    monkeypatch.setenv(spool.FOLDER_VARIABLE, str(tmp_path / "spool"))
    return tmp_path / "spool"


def allow_connections(database, allow):
    with psycopg.connect(dbname="postgres", autocommit=True) as other:
        other.execute(f"alter database {database.name} allow_connections {allow}")


def set_read_only(database, value):
    """Every session from now on, as after a failover to a standby."""
    with psycopg.connect(dbname="postgres", autocommit=True) as other:
        other.execute(
            f"alter database {database.name}"
            f" set default_transaction_read_only = {value}"
        )


def end_sessions(database):
    with psycopg.connect(dbname="postgres", autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = %s",
            [database.name],
        )


class Answers(UnipileClient):
    """Sends for real, then does something before the answer can be recorded."""

    def __init__(self, workspace, then):
        super().__init__(workspace.sandbox.dsn, workspace.sandbox.api_key)
        self._then = [then]

    async def send_invite(self, *arguments):
        answer = await super().send_invite(*arguments)
        if self._then:
            self._then.pop()()
        return answer


def people_of(workspace, run_at=None, count=PEOPLE):
    """One person to invite for each of as many accounts; the enrollments' ids."""
    run_at = run_at or workspace.one("select clock_timestamp()")
    campaign = workspace.campaign(INVITE, ACCEPTED)
    enrolled = [workspace.enroll(campaign, run_at=run_at)]
    while len(enrolled) < count:
        workspace.account_id = workspace.add_account({})
        enrolled.append(workspace.enroll(campaign, run_at=run_at))
    return enrolled


def lines_of(folder):
    return [
        json.loads(line)
        for path in folder.glob("*.jsonl")
        for line in path.read_text().splitlines()
    ]


def assert_all_recorded(workspace, folder, count=PEOPLE):
    assert workspace.outcomes().count("sent_proven") == count
    assert len(workspace.sandbox.journal("invite_sent")) == count
    assert list(folder.iterdir()) == []
    assert workspace.violations() == []


def test_a_sender_told_to_stop_while_the_database_is_away_writes_its_answers_down(
    database, sandbox, workspace, folder
):
    sandbox.script_fault("send_invite", times=PEOPLE, delay_after_seconds=1.0)
    people_of(workspace)
    sender = start_sender(database, sandbox)
    try:
        wait_until(sender, lambda: len(sandbox.journal("invite_sent")) == PEOPLE)
        allow_connections(database, False)
        end_sessions(database)
        wait_until(sender, lambda: len(lines_of(folder)) == PEOPLE)
        sender.send_signal(signal.SIGTERM)
        assert exit_code(sender) == 0
    finally:
        sender.kill()
        sender.wait()
        allow_connections(database, True)
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with database.connect(autocommit=True) as workspace.connection:
        assert workspace.outcomes() == []
        assert start_sender(database, sandbox, "--once").wait(60) == 0
        assert_all_recorded(workspace, folder)


def test_a_sender_killed_while_the_database_is_away_loses_no_answer(
    database, sandbox, workspace, folder
):
    sandbox.script_fault("send_invite", times=PEOPLE, delay_after_seconds=1.0)
    people_of(workspace)
    sender = start_sender(database, sandbox)
    try:
        wait_until(sender, lambda: len(sandbox.journal("invite_sent")) == PEOPLE)
        allow_connections(database, False)
        end_sessions(database)
        wait_until(sender, lambda: len(lines_of(folder)) == PEOPLE)
    finally:
        sender.kill()
        sender.wait()
        allow_connections(database, True)
    with database.connect(autocommit=True) as workspace.connection:
        assert start_sender(database, sandbox, "--once").wait(60) == 0
        assert_all_recorded(workspace, folder)


def test_a_failover_to_read_only_in_mid_call_ends_no_sender_and_loses_no_answer(
    database, sandbox, workspace, folder
):
    sandbox.script_fault("send_invite", times=PEOPLE, delay_after_seconds=1.0)
    people_of(workspace)
    sender = start_sender(database, sandbox)
    try:
        wait_until(sender, lambda: len(sandbox.journal("invite_sent")) == PEOPLE)
        set_read_only(database, "on")
        end_sessions(database)
        wait_until(sender, lambda: len(lines_of(folder)) == PEOPLE)
        set_read_only(database, "off")
        with database.connect(autocommit=True) as workspace.connection:
            wait_until(sender, lambda: len(workspace.outcomes()) == PEOPLE)
            sender.send_signal(signal.SIGTERM)
            assert exit_code(sender) == 0
            assert_all_recorded(workspace, folder)
    finally:
        sender.kill()
        sender.wait()


def test_a_session_that_becomes_read_only_is_replaced(database, workspace, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    session = Session(workspace.connection)
    workspace.connection.execute("set default_transaction_read_only = on")

    def write(connection):
        connection.execute("update outreach.workspaces set name = 'written'")

    with pytest.raises(LostConnectionError, match=r"read-only: cannot execute UPDATE"):
        session.commit(write)
    session.commit(write)
    session.close()


@pytest.fixture
def spooled(database, workspace, folder, monkeypatch):
    """A round whose recording fails for good, so that one answer is in the spool."""
    monkeypatch.setenv("PGDATABASE", database.name)
    workspace.enroll(workspace.campaign(INVITE, ACCEPTED))

    def revoke():
        workspace.connection.execute(
            "alter function outreach.append_send_outcomes rename to away"
        )

    with pytest.raises(psycopg.errors.UndefinedFunction):
        one_round(workspace, Answers(workspace, revoke))
    workspace.connection.execute(
        "alter function outreach.away rename to append_send_outcomes"
    )
    (path,) = folder.iterdir()
    return path


def test_an_error_that_no_second_try_cures_loses_no_answer(workspace, spooled, folder):
    assert workspace.outcomes() == []
    workspace.drain()
    assert_all_recorded(workspace, folder, 1)


BROKEN = [
    '{"workspace_id": 1',
    "[]",
    "\x00",
    '{"workspace_id": 1, "worker": "w1", "answer": {"attempt_id": "1"}}',
    '{"workspace_id": 1, "worker": "w1", "answer": {"attempt_id": 1}, "more": 1}',
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_line_is_set_aside_with_a_sentence(
    workspace, spooled, folder, caplog, broken
):
    spooled.write_text(broken + "\n" + spooled.read_text())
    with caplog.at_level(logging.WARNING):
        workspace.drain()
    assert "A line of " in caplog.text
    assert "it is no answer of a sender" in caplog.text
    (aside,) = folder.iterdir()
    assert aside.read_text() == broken + "\n"
    assert workspace.outcomes() == ["sent_proven"]
    assert workspace.violations() == []


WRONG = [("attempt_id", 999), ("http_status", "many")]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_line_that_the_database_refuses_is_set_aside(
    workspace, spooled, folder, caplog, name, value
):
    line = json.loads(spooled.read_text())
    wrong = json.dumps(line | {"answer": line["answer"] | {name: value}})
    spooled.write_text(spooled.read_text() + wrong + "\n")
    with caplog.at_level(logging.WARNING):
        workspace.drain()
    assert "was set aside" in caplog.text
    (aside,) = folder.iterdir()
    assert json.loads(aside.read_text())["answer"][name] == value
    assert workspace.outcomes() == ["sent_proven"]
    assert workspace.violations() == []


def test_the_answers_of_another_database_stay_where_they_are(
    workspace, spooled, folder
):
    line = json.loads(spooled.read_text())
    spooled.write_text(json.dumps(line | {"worker": "another"}) + "\n")
    workspace.drain()
    assert [path.name for path in folder.iterdir()] == [spooled.name]
    assert workspace.outcomes() == []


def test_a_spool_that_cannot_be_written_is_told_and_ends_nothing(
    database, workspace, sandbox, folder, monkeypatch, caplog
):
    monkeypatch.setenv("PGDATABASE", database.name)
    folder.write_text("a file in the way")
    workspace.enroll(workspace.campaign(INVITE, ACCEPTED))

    def end():
        end_sessions(database)

    with caplog.at_level(logging.WARNING):
        done = one_round(workspace, Answers(workspace, end))
    assert done.outcomes == {"sent_proven": 1}
    assert "kept in memory alone" in caplog.text
    with database.connect(autocommit=True) as workspace.connection:
        assert workspace.violations() == []


def answer_line(attempt_id):
    return spool._line_of(spool.SpooledAnswer(1, "w1", {"attempt_id": attempt_id}))


def leave_unfinished(folder, content, age_seconds):
    folder.mkdir(exist_ok=True)
    unfinished = folder / "7-left.unfinished"
    unfinished.write_bytes(content)
    at = time.time() - age_seconds
    os.utime(unfinished, (at, at))
    return unfinished


def test_complete_lines_of_an_unfinished_file_are_taken_in(folder, caplog):
    cut_off = answer_line(3)[:-9]
    content = b"\n".join([answer_line(1), answer_line(2), cut_off])
    leave_unfinished(folder, content, age_seconds=61)
    (path,) = spool.files()
    assert [each.attempt_id for each in spool.read(path)] == [1, 2]
    assert [each.attempt_id for each in spool.read(path)] == [1, 2]
    assert path.with_suffix(".broken").read_bytes() == cut_off + b"\n"
    assert "was not finished by its writer" in caplog.text
    assert "was set aside" in caplog.text


def test_a_file_that_is_being_written_is_left_alone(folder):
    unfinished = leave_unfinished(folder, answer_line(1), age_seconds=0)
    assert spool.files() == []
    assert unfinished.exists()


def test_what_a_killed_writer_left_joins_no_line(folder):
    """The same file is rewritten, because one of its lines was set aside."""
    folder.mkdir()
    path = folder / "7-left.jsonl"
    path.write_bytes(answer_line(1) + b"\nbroken\n")
    path.with_suffix(".unfinished").write_bytes(answer_line(1)[:-9])
    assert [each.attempt_id for each in spool.read(path)] == [1]
    assert [each.attempt_id for each in spool.read(path)] == [1]


def test_a_line_that_is_set_aside_joins_no_other(folder):
    folder.mkdir()
    path = folder / "7-left.jsonl"
    path.with_suffix(".broken").write_bytes(b"cut o")
    path.write_bytes(b"broken\n")
    assert spool.read(path) == []
    assert path.with_suffix(".broken").read_bytes() == b"cut o\nbroken\n"
