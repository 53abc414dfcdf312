"""A pause holds every send whose call has not begun, and says who and why."""

import psycopg
import pytest

from tests.support.command_line import invoke
from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)


def make_subjects(connection):
    """One due invite; the ids that it can be paused by."""
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    (enrollment_id,) = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id
    )
    return {
        "workspace": workspace_id,
        "account": account_id,
        "campaign": campaign_id,
        "enrollment": enrollment_id,
    }


@pytest.fixture
def subjects(connection):
    return make_subjects(connection)


def set_pause(connection, subjects, subject, is_paused, reason="a holiday"):
    return connection.execute(
        "select outreach.set_pause(%s, %s, %s, %s, 'me', %s, %s)",
        [
            subjects["workspace"],
            subject,
            subjects.get(subject, 0),
            is_paused,
            reason,
            NOON,
        ],
    ).fetchone()[0]


@pytest.mark.parametrize("subject", ["account", "campaign", "enrollment"])
def test_paused_jobs_are_not_claimed_until_they_are_resumed(
    connection, subjects, subject
):
    assert set_pause(connection, subjects, subject, True) is True
    assert claim(connection, subjects["workspace"]) == []
    assert set_pause(connection, subjects, subject, False) is True
    assert send_one(connection, subjects["workspace"]) == ["sent_proven"]


@pytest.mark.parametrize(
    ("subject", "refusal"),
    [
        ("account", "account_paused"),
        ("campaign", "campaign_not_running"),
        ("enrollment", "enrollment_paused"),
    ],
)
def test_a_pause_after_the_claim_stops_the_begin(
    connection, subjects, subject, refusal
):
    job_ids = claim(connection, subjects["workspace"])
    set_pause(connection, subjects, subject, True)
    assert begin(connection, subjects["workspace"], job_ids) == [
        (job_ids[0], None, refusal)
    ]


@pytest.mark.parametrize("subject", ["account", "campaign", "enrollment"])
def test_each_change_is_audited_once(connection, subjects, subject):
    assert set_pause(connection, subjects, subject, True) is True
    assert set_pause(connection, subjects, subject, True) is False
    assert set_pause(connection, subjects, subject, False) is True
    assert connection.execute(
        "select subject, subject_id, is_paused, actor, reason"
        " from outreach.pause_audit where workspace_id = %s order by pause_id",
        [subjects["workspace"]],
    ).fetchall() == [
        (subject, subjects[subject], True, "me", "a holiday"),
        (subject, subjects[subject], False, "me", "a holiday"),
    ]


def test_a_pause_moves_no_time(connection, subjects):
    set_pause(connection, subjects, "account", True)
    assert connection.execute(
        "select next_action_at from outreach.campaign_prospects"
        " where workspace_id = %s",
        [subjects["workspace"]],
    ).fetchone() == (NOON,)


def test_a_pause_without_a_reason_is_refused(connection, subjects):
    with pytest.raises(psycopg.errors.CheckViolation, match="an actor and a reason"):
        set_pause(connection, subjects, "account", True, reason="")


def run(database, monkeypatch, is_paused, subject, *arguments):
    monkeypatch.setenv("PGDATABASE", database.name)
    return invoke(subject, "pause" if is_paused else "resume", *arguments)


def test_the_scripts_pause_and_resume(database, monkeypatch):
    with database.connect() as connection:
        subjects = make_subjects(connection)
    arguments = ["account", str(subjects["account"]), "--reason", "x"]
    arguments += ["--workspace", str(subjects["workspace"])]
    for is_paused, said in [
        (True, "is paused"),
        (True, "was paused already"),
        (False, "goes on"),
    ]:
        result = run(database, monkeypatch, is_paused, *arguments)
        assert result.exit_code == 0
        assert said in result.output


def test_pausing_a_missing_row_is_a_sentence(database, monkeypatch):
    result = run(
        database, monkeypatch, True, "account", "9", "--workspace", "9", "--reason", "x"
    )
    assert result.exit_code == 2
    assert "There is no workspace 9." in result.output


def test_a_campaign_that_was_not_started_is_not_paused(database, monkeypatch):
    with database.connect() as connection:
        connection.execute(
            "update outreach.campaigns set status = 'draft' where campaign_id = %s",
            [make_subjects(connection)["campaign"]],
        )
    result = run(database, monkeypatch, True, "campaign", "1", "--reason", "x")
    assert result.exit_code == 1
    assert "workspace 1 has no campaign 1 that could be paused" in result.output


def test_a_person_is_paused_in_the_campaign_that_was_named(database, monkeypatch):
    with database.connect() as connection:
        subjects = make_subjects(connection)
        campaign_id, (step_id, _) = make_campaign(connection, subjects["workspace"])
        connection.execute(
            "insert into outreach.campaign_prospects (workspace_id, campaign_id,"
            " prospect_id, account_id, current_step_id)"
            " select workspace_id, %s, prospect_id, account_id, %s"
            " from outreach.campaign_prospects",
            [campaign_id, step_id],
        )
    unnamed = run(database, monkeypatch, True, "prospect", "Ada", "--reason", "x")
    assert unnamed.exit_code == 2
    assert "Ada is in 2 campaigns" in unnamed.output
    named = ("Ada", "--reason", "x", "--campaign", subjects["campaign"])
    assert run(database, monkeypatch, True, "prospect", *named).exit_code == 0
    with database.connect() as connection:
        paused = connection.execute(
            "select enrollment_id from outreach.campaign_prospects"
            " where paused_at is not null"
        ).fetchall()
    assert paused == [(subjects["enrollment"],)]
