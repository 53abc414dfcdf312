"""A backup older than the last sends is restored: nothing is sent twice."""

import collections
import re

import pytest
from psycopg import sql

from tests.support.command_line import invoke
from tests.support.sender_campaigns import (
    ACCEPTED,
    COMMENT,
    INMAIL,
    INVITE,
    MESSAGE,
    step,
)
from trueup.inbound.lists.reply_polls import poll_replies
from trueup.postgres.connection import connect
from trueup.postgres.witness import RefusedLedgerError

SECOND_MESSAGE = step("send_message", texts={"message": "Still there, {{firstName}}?"})
LATER_MESSAGE = step("send_message", delay="3 days", texts={"message": "Last word"})


@pytest.fixture
def reused_database(own_database):
    """A database in use is no template, so no other test has used this one."""
    return own_database


class Backups:
    """Copies of a test's database under other names, put back under its own."""

    def __init__(self, database, workspace):
        self.database = database
        self.workspace = workspace
        self.copy = f"{database.name}_backup"

    def take(self):
        self.workspace.connection.close()
        self._run("create database {} template {}", self.copy, self.database.name)
        self._open()

    def restore(self):
        self.workspace.connection.close()
        self._run("drop database {} with (force)", self.database.name)
        self._run("alter database {} rename to {}", self.copy, self.database.name)
        self._open()

    def _open(self):
        self.workspace.connection = self.database.connect(autocommit=True)

    def _run(self, statement, *names):
        with connect("postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture
def backups(database, workspace, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("UNIPILE_DSN", workspace.sandbox.dsn)
    monkeypatch.setenv("UNIPILE_API_KEY", workspace.sandbox.api_key)
    yield Backups(database, workspace)
    workspace.connection.close()


def enroll(workspace, campaign, count=1, is_connected=False, **options):
    """So many people who are due now."""
    now = workspace.one("select clock_timestamp() - interval '1 second'")
    people = [workspace.enroll(campaign, run_at=now, **options) for _ in range(count)]
    if is_connected:
        for each in people:
            workspace.sandbox.connect_stranger(
                workspace.account, workspace.person(each)
            )
    return people


def make_due(workspace):
    """What is queued for the next hour is due now."""
    with workspace.connection.transaction():
        workspace.connection.execute(
            "with moved as (update outreach.campaign_send_jobs"
            " set run_at = clock_timestamp() where status = 'queued'"
            " and run_at < clock_timestamp() + interval '1 hour'"
            " returning workspace_id, enrollment_id, run_at)"
            " update outreach.campaign_prospects as enrollments"
            " set next_action_at = moved.run_at from moved"
            " where moved.workspace_id = enrollments.workspace_id"
            " and moved.enrollment_id = enrollments.enrollment_id"
        )


def send(workspace):
    """Drain until nothing is left for the next hour; how many were sent."""
    sent = 0
    while True:
        make_due(workspace)
        report = workspace.drain(None)
        sent += report.sent
        if report.claimed == 0:
            return sent


def after_restore(monkeypatch, commit=True):
    if commit:
        monkeypatch.setenv("CONFIRM", "yes")
    result = invoke("db", "after-restore", *["--commit"] * commit)
    assert result.exit_code == 0, result.output + result.stderr
    return result.output


def texts(workspace):
    """How often each text reached each person or post."""
    return collections.Counter(
        (line.get("provider_id") or line.get("social_id"), line["text"])
        for kind in ("message_sent", "comment_posted")
        for line in workspace.sandbox.journal(kind)
    )


def invites(workspace):
    return collections.Counter(
        line["provider_id"] for line in workspace.sandbox.journal("invite_sent")
    )


def refuses(workspace):
    with pytest.raises(RefusedLedgerError) as refused:
        send(workspace)
    return refused.value.objection


def test_a_restored_backup_is_refused_and_repeats_nothing_afterwards(
    workspace, backups, monkeypatch
):
    campaign = workspace.campaign(MESSAGE, SECOND_MESSAGE, LATER_MESSAGE)
    sent_before = enroll(workspace, campaign, 2, is_connected=True)
    send(workspace)
    sent_after = enroll(workspace, campaign, 3, is_connected=True)
    backups.take()
    send(workspace)
    before = texts(workspace)
    assert len(before) == 10

    backups.restore()
    assert refuses(workspace) == "behind"
    assert texts(workspace) == before

    would = after_restore(monkeypatch, commit=False)
    assert re.search(r"send_message +decided_sent +6", would)
    assert "Nothing was written" in would
    assert refuses(workspace) == "behind"

    assert re.search(r"decided_sent +6", after_restore(monkeypatch))
    send(workspace)
    assert texts(workspace) == before
    assert [len(workspace.jobs(each)) for each in sent_before + sent_after] == [3] * 5
    later = workspace.one("select clock_timestamp() + interval '3 days 2 hours'")
    workspace.drain(later)
    assert set(texts(workspace).values()) == {1}
    assert len(texts(workspace)) == 15
    assert workspace.violations() == []


def test_what_was_not_sent_since_the_backup_is_sent_once(
    workspace, backups, monkeypatch
):
    campaign = workspace.campaign(INVITE)
    people = enroll(workspace, campaign, 4)
    backups.take()
    workspace.connection.execute(
        "update outreach.campaign_prospects set paused_at = now(), paused_by = 'me',"
        " paused_reason = 'later' where enrollment_id = any(%s)",
        [people[2:]],
    )
    send(workspace)
    assert len(invites(workspace)) == 2

    backups.restore()
    assert refuses(workspace) == "behind"
    assert re.search(r"send_invite +decided_sent +2", after_restore(monkeypatch))
    assert send(workspace) == 2
    assert sorted(invites(workspace).values()) == [1] * 4
    assert workspace.counter("send_invite") == 4
    assert workspace.violations() == []


def test_an_invite_that_was_accepted_since_goes_on_where_it_was(
    workspace, backups, monkeypatch
):
    campaign = workspace.campaign(INVITE, ACCEPTED, MESSAGE, SECOND_MESSAGE)
    accepted, pending = enroll(workspace, campaign, 2)
    backups.take()
    send(workspace)
    now = workspace.one("select clock_timestamp()")
    workspace.accept(accepted, now)
    send(workspace)
    before = texts(workspace)

    backups.restore()
    assert refuses(workspace) == "behind"
    after_restore(monkeypatch)
    send(workspace)
    assert texts(workspace) == before
    assert set(invites(workspace).values()) == {1}
    assert workspace.status(pending) == "pending_accept"
    assert "invite_accepted" in workspace.events(accepted)
    assert workspace.violations() == []


def test_comments_that_are_found_count_and_others_wait_for_a_person(
    workspace, backups, monkeypatch
):
    campaign = workspace.campaign(COMMENT, MESSAGE)
    (found,) = enroll(
        workspace,
        campaign,
        is_connected=True,
        custom={"post": "urn:li:activity:7000000000000000001"},
    )
    backups.take()
    send(workspace)
    before = texts(workspace)

    backups.restore()
    (absent,) = enroll(
        workspace,
        campaign,
        is_connected=True,
        custom={"post": "urn:li:activity:7000000000000000002"},
    )
    assert refuses(workspace) == "behind"
    after_restore(monkeypatch)
    send(workspace)
    assert texts(workspace) == before
    assert workspace.jobs(found) == [
        ("comment", "completed"),
        ("send_message", "completed"),
    ]
    assert workspace.jobs(absent) == [("comment", "unknown")]
    assert workspace.one(
        "select paused_by from outreach.campaign_prospects where enrollment_id = %s",
        absent,
    )
    assert workspace.violations() == []


def test_another_text_in_the_chat_since_waits_for_a_person(
    workspace, backups, monkeypatch
):
    """The template was saved after the backup, so the sent text is not the one here."""
    campaign = workspace.campaign(MESSAGE, SECOND_MESSAGE)
    (person,) = enroll(workspace, campaign, is_connected=True)
    backups.take()
    workspace.save_text(workspace.step_ids[0], "A", "message", "Hello, {{firstName}}")
    send(workspace)
    before = texts(workspace)

    backups.restore()
    assert refuses(workspace) == "behind"
    after_restore(monkeypatch)
    send(workspace)
    assert texts(workspace) == before
    assert workspace.jobs(person) == [("send_message", "unknown")]


def chats_of_inmails(workspace):
    return workspace.all(
        "select details ->> 'provider_reference' from outreach.campaign_events"
        " where event_type = 'inmail_sent' order by 1"
    )


def test_inmails_and_look_ups_are_found(workspace, backups, monkeypatch):
    inmails = enroll(workspace, workspace.campaign(INMAIL, LATER_MESSAGE), 2)
    strangers = enroll(workspace, workspace.campaign(INVITE), 2, is_known=False)
    for stranger in strangers:
        workspace.sandbox.set_person(workspace.public(stranger))
    backups.take()
    send(workspace)
    before, invited = texts(workspace), invites(workspace)
    chats = chats_of_inmails(workspace)
    assert (len(before), len(invited), len(chats)) == (2, 2, 2)

    backups.restore()
    assert refuses(workspace) == "behind"
    after_restore(monkeypatch)
    send(workspace)
    assert (texts(workspace), invites(workspace)) == (before, invited)
    assert chats_of_inmails(workspace) == chats
    # The ledger explains the InMail's text in the chat, so the next step goes on.
    assert [workspace.jobs(each) for each in inmails] == [
        [("send_inmail", "completed"), ("send_message", "queued")]
    ] * 2
    assert {workspace.status(each) for each in strangers} == {"pending_accept"}
    assert workspace.violations() == []


def test_an_incomplete_list_decides_nothing(workspace, backups, monkeypatch):
    enroll(workspace, workspace.campaign(MESSAGE), 2, is_connected=True)
    backups.take()
    send(workspace)
    backups.restore()
    workspace.sandbox.script_fault("chats", status=500, type="provider_error")
    monkeypatch.setenv("CONFIRM", "yes")
    result = invoke("db", "after-restore", "--commit")
    assert result.exit_code == 2
    assert "could not be read to its end" in result.stderr
    assert refuses(workspace) == "behind"


def test_a_backup_of_a_timeline_that_was_left_is_refused(
    workspace, backups, monkeypatch
):
    """Restored in place: the server's and the database's identifiers are the same."""
    enroll(workspace, workspace.campaign(MESSAGE), is_connected=True)
    timeline = workspace.one("select timeline from outreach.ledger_identity")
    backups.take()
    send(workspace)
    backups.restore()
    after_restore(monkeypatch)
    assert send(workspace) == 0
    workspace.connection.execute(
        "update outreach.ledger_identity set timeline = %s", [timeline]
    )
    assert refuses(workspace) == "behind"


def test_what_followed_a_wait_since_is_found(workspace, backups, monkeypatch):
    """The wait for the accept was over when the backup was made, and then ended."""
    campaign = workspace.campaign(
        INVITE, step("wait_accept", time_out="10 minutes"), INMAIL
    )
    (person,) = enroll(workspace, campaign)
    workspace.drain(None)
    backups.take()
    assert send(workspace) == 1
    before = texts(workspace)
    assert len(before) == 1

    backups.restore()
    make_due(workspace)
    assert refuses(workspace) == "behind"
    after_restore(monkeypatch)
    send(workspace)
    assert texts(workspace) == before
    assert workspace.jobs(person)[-1] == ("send_inmail", "completed")
    assert workspace.violations() == []


def test_an_answer_that_went_out_after_the_backup_is_found_and_not_repeated(
    backups, workspace, monkeypatch
):
    ada = workspace.sandbox.set_person("ada", first_name="Ada")
    workspace.sandbox.connect_stranger(workspace.account, ada)
    workspace.sandbox.incoming_message(workspace.account, ada, "Who are you?")
    workspace.connection.execute("delete from outreach.reply_polls")
    poll_replies(workspace.connection, workspace.sandbox.dsn, workspace.sandbox.api_key)
    workspace.connection.execute(
        "select outreach.answer_reply(%s, %s, %s, 'A friend', 'mira')",
        [workspace.workspace_id, workspace.account_id, ada],
    )
    backups.take()
    assert workspace.drain(as_of=None).sent == 1
    backups.restore()

    assert refuses(workspace) is not None
    assert "answer_reply" in after_restore(monkeypatch)
    assert workspace.one("select status from outreach.campaign_send_jobs") == (
        "completed"
    )
    assert workspace.drain(as_of=None).claimed == 0
    assert len(workspace.sandbox.journal("message_sent")) == 1
    assert workspace.violations() == []
