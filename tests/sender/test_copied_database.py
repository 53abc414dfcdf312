"""A sender refuses a copy of a ledger, an old one, and one that it does not know."""

import datetime as dt
import fcntl
import json
import os
import pathlib
import pickle
import signal

import pytest
from psycopg import sql

from tests.conftest import Database
from tests.support.command_line import invoke
from tests.support.sender_campaigns import INVITE
from tests.support.sender_processes import start_sender
from trueup.postgres.connection import connect
from trueup.postgres.copies import drop_database
from trueup.postgres.witness import (
    RefusedLedgerError,
    SeenAttempt,
    Witness,
    refuse_old_or_copied,
    timeline_of,
)
from trueup.sender import queue


@pytest.fixture
def reused_database(own_database):
    """A database in use is no template, so no other test has used this one."""
    return own_database


def copy_as_a_person_does(template, name):
    """`create database … template`, which says nothing to trueup."""
    with connect("postgres", autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


@pytest.fixture
def clone(database, workspace):
    """A clone of a database whose campaign was half sent, and what it is copied from.

    The original's connection is closed: a database in use is no template.
    """
    campaign = workspace.campaign(INVITE)
    workspace.enroll(campaign)
    workspace.drain()
    workspace.enroll(campaign)
    workspace.connection.close()
    copy = Database(f"{database.name}_clone")
    copy_as_a_person_does(database.name, copy.name)
    yield copy
    drop_database(copy.name)


def drained(opened, workspace):
    workspace.connection = opened
    return workspace.drain()


def test_a_clone_of_a_ledger_is_refused_and_its_original_goes_on(
    database, clone, workspace
):
    with (
        clone.connect(autocommit=True) as opened,
        pytest.raises(RefusedLedgerError, match="is a copy"),
    ):
        drained(opened, workspace)
    assert len(workspace.sandbox.journal("invite_sent")) == 1
    with database.connect(autocommit=True) as opened:
        assert drained(opened, workspace).sent == 1


def test_a_clone_is_refused_before_its_first_send_too(database, workspace):
    workspace.enroll(workspace.campaign(INVITE))
    workspace.connection.close()
    copy = Database(f"{database.name}_clone")
    copy_as_a_person_does(database.name, copy.name)
    try:
        with (
            copy.connect(autocommit=True) as opened,
            pytest.raises(RefusedLedgerError, match="is a copy"),
        ):
            drained(opened, workspace)
    finally:
        drop_database(copy.name)


def test_a_sender_process_that_is_refused_says_what_to_run(clone, workspace, tmp_path):
    with open(tmp_path / "said", "w+") as said:
        sender = start_sender(clone, workspace.sandbox, "--once", stderr=said)
        assert sender.wait(60) == 1
        said.seek(0)
        assert "trueup db adopt" in said.read()
    assert len(workspace.sandbox.journal("invite_sent")) == 1


def test_an_adopted_copy_sends(clone, workspace, monkeypatch):
    monkeypatch.setenv("PGDATABASE", clone.name)
    assert "would belong" in invoke("db", "adopt").output
    with (
        clone.connect(autocommit=True) as opened,
        pytest.raises(RefusedLedgerError),
    ):
        drained(opened, workspace)

    monkeypatch.setenv("CONFIRM", "yes")
    assert "belongs" in invoke("db", "adopt", "--commit").output
    assert "Nothing to do" in invoke("db", "adopt").output
    with clone.connect(autocommit=True) as opened:
        assert drained(opened, workspace).sent == 1


def test_a_machine_without_a_witness_is_refused_until_it_adopts(
    database, workspace, monkeypatch, tmp_path
):
    campaign = workspace.campaign(INVITE)
    workspace.enroll(campaign)
    workspace.drain()
    workspace.enroll(campaign)
    monkeypatch.setenv("TRUEUP_WITNESS_FOLDER", str(tmp_path))
    with pytest.raises(RefusedLedgerError, match="no record of them"):
        workspace.drain()

    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("CONFIRM", "yes")
    assert "records the newest send" in invoke("db", "adopt", "--commit").output
    assert workspace.drain().sent == 1


def test_a_ledger_that_lacks_the_newest_send_is_refused_and_not_adopted(
    database, workspace, monkeypatch
):
    workspace.enroll(workspace.campaign(INVITE))
    workspace.drain()
    with workspace.connection.transaction():
        # What a replica looks like that had not received the last attempt.
        workspace.connection.execute("set local session_replication_role = replica")
        workspace.connection.execute("delete from outreach.send_attempts")
    with pytest.raises(RefusedLedgerError, match="is older than the last send"):
        workspace.drain()
    monkeypatch.setenv("PGDATABASE", database.name)
    refused = invoke("db", "adopt")
    assert refused.exit_code == 2
    assert "trueup db after-restore" in refused.stderr


def test_a_session_compares_again_on_a_new_connection(workspace):
    """The connection is lost, and the next one leads to a ledger that lags behind."""
    campaign = workspace.campaign(INVITE)
    workspace.enroll(campaign)
    workspace.enroll(campaign)

    def fail_over(report):
        with (
            connect(workspace.connection.info.dbname) as other,
            other.transaction(),
        ):
            other.execute("set local session_replication_role = replica")
            other.execute("delete from outreach.send_attempts")
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid = %s",
                [workspace.connection.info.backend_pid],
            )

    with pytest.raises(RefusedLedgerError, match="is older than the last send"):
        workspace.drain(on_round=fail_over)
    assert len(workspace.sandbox.journal("invite_sent")) == 1


def test_a_witness_that_cannot_be_written_stops_the_call(
    workspace, monkeypatch, tmp_path
):
    workspace.enroll(workspace.campaign(INVITE))
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRUEUP_WITNESS_FOLDER", str(tmp_path / "file"))
    with pytest.raises(RefusedLedgerError, match="witness could not be written"):
        workspace.drain()
    assert workspace.sandbox.journal("invite_sent") == []
    assert workspace.outcomes() == ["retry_safe"]


def test_a_first_send_that_is_not_noted_yet_refuses_no_other_sender(
    database, workspace, tmp_path
):
    witness = Witness(tmp_path / "witness")
    with database.connect(autocommit=True) as another:
        timeline = refuse_old_or_copied(another, witness)
    workspace.enroll(workspace.campaign(INVITE))
    assert workspace.drain().sent == 1
    with database.connect(autocommit=True) as another:
        # The first sender committed its attempt and has not noted it in this folder.
        assert witness.seen(timeline) is None
        assert refuse_old_or_copied(another, witness) == timeline
        with pytest.raises(RefusedLedgerError, match="no record of them"):
            refuse_old_or_copied(another, Witness(tmp_path / "another machine"))


def test_a_refusal_keeps_its_sentence_between_processes():
    refusal = RefusedLedgerError("behind", "The database is old. Run this.")
    copy = pickle.loads(pickle.dumps(refusal))
    assert (copy.objection, str(copy)) == ("behind", "The database is old. Run this.")


def test_a_witness_keeps_the_newest_attempt_only(workspace):
    campaign = workspace.campaign(INVITE)
    workspace.enroll(campaign)
    workspace.drain()
    timeline = timeline_of(workspace.connection)
    witness = Witness()
    newest = witness.seen(timeline)
    assert newest.attempt_id == workspace.one(
        "select max(attempt_id) from outreach.send_attempts"
    )
    witness.note(timeline, type(newest)(newest.workspace_id, 0, newest.begun_at))
    assert witness.seen(timeline) == newest


def seen_attempt(attempt_id):
    return SeenAttempt(1, attempt_id, dt.datetime(2026, 5, 4, tzinfo=dt.UTC))


def test_the_newest_attempt_of_all_senders_counts(tmp_path):
    first, second = Witness(tmp_path), Witness(tmp_path)
    for each, attempt_id in ((first, 1), (second, 3), (first, 2)):
        each.note("t", seen_attempt(attempt_id))
    assert Witness(tmp_path).seen("t") == seen_attempt(3)
    second.leave("t")
    assert Witness(tmp_path).was_left("t")
    assert Witness(tmp_path).seen("t") == seen_attempt(3)


def test_a_sender_removes_the_files_of_those_that_ended(tmp_path):
    for attempt_id in range(1, 6):
        Witness(tmp_path).note("t", seen_attempt(attempt_id))
    assert len(list(tmp_path.iterdir())) == 1
    assert Witness(tmp_path).seen("t") == seen_attempt(5)


def test_what_a_sender_notes_while_its_file_is_removed_is_kept(tmp_path, monkeypatch):
    alive, merging = Witness(tmp_path), Witness(tmp_path)
    alive.note("t", seen_attempt(1))
    rename = pathlib.Path.rename

    def note_first(path, target):
        monkeypatch.undo()
        alive.note("t", seen_attempt(9))
        return rename(path, target)

    monkeypatch.setattr(pathlib.Path, "rename", note_first)
    merging.note("t", seen_attempt(2))
    assert Witness(tmp_path).seen("t") == seen_attempt(9)
    alive.note("t", seen_attempt(10))
    assert Witness(tmp_path).seen("t") == seen_attempt(10)


def test_a_sender_notes_without_a_lock(tmp_path, monkeypatch):
    """A sender that is frozen while it holds a lock would hold up all others."""

    def refuse(*_):
        raise AssertionError("a lock was taken")

    monkeypatch.setattr(fcntl, "flock", refuse)
    Witness(tmp_path).note("t", seen_attempt(1))
    assert Witness(tmp_path).seen("t") == seen_attempt(1)


def test_a_witness_that_cannot_be_read_is_no_witness(workspace):
    workspace.enroll(workspace.campaign(INVITE))
    path = Witness().folder / f"{timeline_of(workspace.connection)}.another.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({})[:1])
    with pytest.raises(RefusedLedgerError, match="cannot be read"):
        workspace.drain()


def test_senders_of_one_name_take_back_only_their_own_attempts(
    database, workspace, monkeypatch
):
    """Two containers: host and process id are the same. One loses its connection."""
    workspace.enroll(
        workspace.campaign(INVITE),
        run_at=workspace.one("select clock_timestamp()"),
    )
    begin, uncalled = queue.begin, queue.uncalled_attempts
    others = []

    def lose_connection(connection, *arguments):
        monkeypatch.setattr(queue, "begin", begin)
        with connect(database.name, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(%s)", [connection.info.backend_pid]
            )
        return begin(connection, *arguments)

    def ask_after_the_other_began(*arguments):
        other = start_sender(
            database,
            workspace.sandbox,
            "--once",
            "--worker",
            "box:1",
            TRUEUP_FAIL_POINT="before_call:freeze",
        )
        os.waitid(os.P_PID, other.pid, os.WSTOPPED | os.WNOWAIT)
        others.append(other)
        return uncalled(*arguments)

    monkeypatch.setattr(queue, "begin", lose_connection)
    monkeypatch.setattr(queue, "uncalled_attempts", ask_after_the_other_began)
    try:
        workspace.drain(None, worker="box:1")
    finally:
        for other in others:
            os.kill(other.pid, signal.SIGCONT)
    assert [other.wait(60) for other in others] == [0]
    assert len(workspace.sandbox.journal("invite_sent")) == 1
    with database.connect(autocommit=True) as opened:
        workspace.connection = opened
        assert workspace.outcomes() == ["sent_proven"]
