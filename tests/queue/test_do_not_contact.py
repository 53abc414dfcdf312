"""Do-not-contact stops everything whose call has not begun, whatever its status."""

import re

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
    record,
    send_one,
)
from trueup.postgres.connection import connect
from trueup.postgres.copies import copied_database


class Person:
    """Somebody enrolled in one campaign, with a due invite."""

    def __init__(self, connection):
        self.connection = connection
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(connection, self.workspace_id)
        campaign_id, (step_id, _) = make_campaign(connection, self.workspace_id)
        (self.enrollment_id,) = make_enrollments(
            connection, self.workspace_id, self.account_id, campaign_id, step_id
        )
        self.prospect_id, self.public = connection.execute(
            "select prospect_id, public_identifier from outreach.prospects"
        ).fetchone()

    def mark(self, reason="asked for it"):
        return self.connection.execute(
            "select outreach.mark_do_not_contact(%s, %s, %s, 'me', %s)",
            [self.workspace_id, self.prospect_id, reason, NOON],
        ).fetchone()[0]

    def job(self):
        return self.connection.execute(
            "select status from outreach.campaign_send_jobs order by job_id desc"
        ).fetchone()[0]

    def enrollment(self):
        return self.connection.execute(
            "select linkedin_status, failed_classification, next_action_at"
            " from outreach.campaign_prospects"
        ).fetchone()


@pytest.fixture
def person(connection):
    return Person(connection)


STOPPED = ("failed", "do_not_contact", None)
# The invite is out, and may still be accepted.
INVITED = ("pending_accept", None, None)


def test_a_queued_send_is_cancelled(connection, person):
    assert person.mark() == 1
    connection.execute("set constraints all immediate")
    assert (person.job(), person.enrollment()) == ("cancelled", STOPPED)
    assert claim(connection, person.workspace_id) == []
    assert connection.execute(
        "select do_not_contact_at, do_not_contact_reason from outreach.prospects"
    ).fetchone() == (NOON, "asked for it")


def test_a_claimed_send_is_cancelled(connection, person):
    job_ids = claim(connection, person.workspace_id)
    assert person.mark() == 1
    assert begin(connection, person.workspace_id, job_ids) == [
        (job_ids[0], None, "lease_lost")
    ]
    assert person.enrollment() == STOPPED


def test_a_parked_send_is_cancelled(connection, person):
    send_one(
        connection,
        person.workspace_id,
        http_status=400,
        error_type="too_many_characters",
        is_well_formed=False,
        provider_reference=None,
    )
    assert person.job() == "parked"
    assert person.mark() == 1
    connection.execute("set constraints all immediate")
    assert (person.job(), person.enrollment()) == ("cancelled", STOPPED)


def test_a_call_under_way_is_left_to_its_answer_and_nothing_follows(connection, person):
    job_ids = claim(connection, person.workspace_id)
    ((_, attempt_id, _),) = begin(connection, person.workspace_id, job_ids)
    assert person.mark() == 0
    assert person.job() == "sending"
    record(connection, person.workspace_id, attempt_id)
    connection.execute("set constraints all immediate")
    assert (person.job(), person.enrollment()) == ("completed", INVITED)
    assert person.mark() == 0
    assert person.enrollment() == INVITED


def test_all_campaigns_of_the_person_are_stopped(connection, person):
    campaign_id, (step_id, _) = make_campaign(connection, person.workspace_id)
    connection.execute(
        "insert into outreach.campaign_prospects (workspace_id, campaign_id,"
        " prospect_id, account_id, current_step_id) values (%s, %s, %s, %s, %s)",
        [
            person.workspace_id,
            campaign_id,
            person.prospect_id,
            person.account_id,
            step_id,
        ],
    )
    connection.execute(
        "select outreach.queue_send_job(workspace_id, enrollment_id, %s)"
        " from outreach.campaign_prospects where campaign_id = %s",
        [NOON, campaign_id],
    )
    assert person.mark() == 2
    assert person.mark() == 0


def test_a_mark_without_a_reason_is_refused(person):
    with pytest.raises(psycopg.errors.CheckViolation, match="an actor and a reason"):
        person.mark(reason="")


def run(database, monkeypatch, *arguments, confirm=None):
    monkeypatch.setenv("PGDATABASE", database.name)
    if confirm is not None:
        monkeypatch.setenv("CONFIRM", confirm)
    return invoke("prospect", "do-not-contact", *arguments)


@pytest.fixture
def committed(database):
    with database.connect(autocommit=True) as connection:
        connection.execute("begin")
        person = Person(connection)
        connection.execute("commit")
        yield person


def test_the_script_is_a_dry_run_unless_it_is_confirmed_twice(
    database, monkeypatch, committed
):
    arguments = [committed.public, "--workspace", str(committed.workspace_id)]
    arguments += ["--reason", "asked"]
    shown = run(database, monkeypatch, *arguments)
    assert "1 job would be cancelled" in shown.output
    assert committed.job() == "queued"
    refused = run(database, monkeypatch, *arguments, "--commit")
    assert (refused.exit_code, committed.job()) == (2, "queued")
    assert "needs CONFIRM=yes" in refused.output
    done = run(database, monkeypatch, *arguments, "--commit", confirm="yes")
    assert "is not contacted any more; 1 job cancelled" in done.output
    assert committed.job() == "cancelled"


def test_an_unknown_name_is_a_sentence(database, monkeypatch, committed):
    result = run(
        database, monkeypatch, "nobody", "--workspace", "1", "--reason", "asked"
    )
    assert result.exit_code == 2
    assert 'There is no prospect "nobody".' in result.output


def audit(connection):
    return connection.execute(
        "select is_marked, actor, reason, changed_at"
        " from outreach.do_not_contact_audit order by audit_id"
    ).fetchall()


def lift(person, reason="asked us to write"):
    return person.connection.execute(
        "select outreach.lift_do_not_contact(%s, %s, %s, 'you', %s)",
        [person.workspace_id, person.prospect_id, reason, NOON],
    ).fetchone()[0]


def check_now(connection):
    connection.execute("set constraints all immediate")


def test_a_mark_and_its_end_have_a_row_each(person):
    person.mark()
    person.mark("a second time")
    assert lift(person)
    assert not lift(person)
    person.mark("after all")
    check_now(person.connection)
    assert audit(person.connection) == [
        (True, "me", "asked for it", NOON),
        (False, "you", "asked us to write", NOON),
        (True, "me", "after all", NOON),
    ]


def test_who_is_contacted_again_stays_where_the_mark_left_them(person):
    person.mark()
    lift(person)
    assert person.enrollment() == STOPPED
    assert claim(person.connection, person.workspace_id) == []


@pytest.mark.parametrize("wanted", ["null, do_not_contact_reason = null", "now()"])
def test_a_mark_without_its_row_is_refused(person, wanted):
    if "null" in wanted:
        person.mark()
    check_now(person.connection)
    with pytest.raises(psycopg.errors.CheckViolation, match="without an audit row"):
        person.connection.execute(
            f"update outreach.prospects set do_not_contact_at = {wanted}"
            + ("" if "null" in wanted else ", do_not_contact_reason = 'x'")
        )


def test_a_person_who_is_added_with_a_mark_needs_its_row(person):
    check_now(person.connection)
    with pytest.raises(psycopg.errors.CheckViolation, match="without an audit row"):
        person.connection.execute(
            "insert into outreach.prospects (workspace_id, public_identifier,"
            " do_not_contact_at, do_not_contact_reason)"
            " values (%s, 'ada', now(), 'x')",
            [person.workspace_id],
        )


def test_a_row_without_its_mark_is_refused(person):
    check_now(person.connection)
    with pytest.raises(psycopg.errors.CheckViolation, match="without an audit row"):
        person.connection.execute(
            "insert into outreach.do_not_contact_audit (workspace_id, prospect_id,"
            " is_marked, actor, reason, changed_at) values (%s, %s, true, 'x', 'y',"
            " now())",
            [person.workspace_id, person.prospect_id],
        )


def test_the_sweep_finds_a_mark_that_its_rows_do_not_say(person):
    person.connection.execute("set local session_replication_role = replica")
    person.connection.execute(
        "update outreach.prospects set do_not_contact_at = now(),"
        " do_not_contact_reason = 'x'"
    )
    person.connection.execute("set local session_replication_role = origin")
    found = person.connection.execute(
        "select subject, detail from outreach.unpaired_rows()"
    ).fetchall()
    assert found == [
        (
            f"person {person.prospect_id}",
            "is marked do-not-contact, but the newest audit row does not say so",
        )
    ]


def test_a_person_of_a_rule_stays_marked(person):
    person.connection.execute("update outreach.prospects set company = 'Nordwind GmbH'")
    person.connection.execute(
        "select outreach.add_do_not_contact_rule(%s, 'company', 'Nordwind', 'x', 'me')",
        [person.workspace_id],
    )
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="company Nordwind"
    ):
        lift(person)


def test_a_person_is_contacted_again_by_command(database, monkeypatch, committed):
    committed.mark()
    monkeypatch.setenv("PGDATABASE", database.name)
    shown = invoke("prospect", "show", committed.public).output
    assert re.search(r"Marked do-not-contact since .* UTC by .+: .+\.\n", shown)
    command = ["prospect", "contact-again", committed.public]
    without_reason = invoke(*command)
    assert (without_reason.exit_code, "--reason" in without_reason.output) == (2, True)
    command += ["--reason", "asked us to write"]
    assert "might be contacted again" in invoke(*command).output
    monkeypatch.setenv("CONFIRM", "yes")
    assert "may be contacted again" in invoke(*command, "--commit").output
    again = invoke(*command, "--commit")
    assert (again.exit_code, "is not marked" in again.output) == (2, True)


@pytest.fixture
def uncounted(template_database):
    """A new session in a new copy, where nothing has counted the tables yet, as after
    an import: a database that other tests used has statistics of theirs."""
    name = "trueup_uncounted"
    with copied_database(template_database, name) as copy, connect(copy) as connection:
        yield connection


def test_a_mark_looks_up_the_enrollments_of_its_people_alone(uncounted):
    connection = uncounted
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=300
    )
    read = (
        "select seq_tup_read + idx_tup_fetch from pg_catalog.pg_stat_xact_user_tables"
        " where relid = 'outreach.campaign_prospects'::regclass"
    )
    mark = (
        "select outreach.mark_many_do_not_contact(%s, array(select prospect_id"
        " from outreach.prospects order by prospect_id limit 5), 'asked', 'me', %s)"
    )
    # The second mark has nothing to stop.
    assert connection.execute(mark, [workspace_id, NOON]).fetchone() == (5,)
    ((before,),) = connection.execute(read).fetchall()
    assert connection.execute(mark, [workspace_id, NOON]).fetchone() == (0,)
    ((after,),) = connection.execute(read).fetchall()
    assert after - before < 100


def test_a_list_is_stopped_by_a_plan_of_its_own(connection):
    """A plan for any list compares each enrollment with all of the list."""
    planned = []
    connection.add_notice_handler(lambda notice: planned.append(notice.context or ""))
    connection.execute("set local client_min_messages = log")
    for number in range(7):
        # From the sixth call on, a session may keep one plan for all lists.
        connection.execute(
            "select set_config('log_planner_stats', %s, true)", [str(number == 6)]
        )
        connection.execute(
            "select outreach.stop_enrollments(1, array[1], 'asked', 'me', now())"
        )
    assert sum("function outreach.stop_enrollments" in where for where in planned) >= 3
