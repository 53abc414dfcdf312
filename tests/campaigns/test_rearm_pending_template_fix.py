"""The retroactive re-arm: who would go on, who does, who still fails and why."""

import dagster as dg
import pytest
from psycopg.types.json import Jsonb

from dagster_project.assets.templates import rearmed_enrollments
from dagster_project.resources import Postgres
from tests.support.campaign_files import PLAIN, account_id_of, make_senders, save
from tests.support.command_line import ran_as_a_process, ran_here
from tests.support.rows import NOON, make_enrollments
from trueup.campaigns import validate_saved_templates
from trueup.templates import FIELDS, stamp

BROKEN_NOTE = "Hi {{firstName}} of {{company}, shall we connect?"
FIXED_NOTE = "Hi {{firstName}} of {{company | default: 'your firm'}}, shall we connect?"


def past_the_gate(connection, statement, values):
    """As rows that were written before the gate existed."""
    connection.execute("set session_replication_role = replica")
    connection.execute(statement, values)
    connection.execute("set session_replication_role = origin")


def set_note(connection, campaign_id, note):
    past_the_gate(
        connection,
        "update outreach.campaign_step_templates set template = %s,"
        " validation_stamp = 'before the gate' where field = 'note' and step_id in"
        " (select step_id from outreach.campaign_steps where campaign_id = %s)",
        [note, campaign_id],
    )


def make_parked(connection, saved, count, **error):
    """People parked at the first step by a send that failed at the broken note."""
    account_id = account_id_of(connection, saved.workspace_id)
    make_enrollments(
        connection,
        saved.workspace_id,
        account_id,
        saved.campaign_id,
        saved.step_ids[0],
        count,
    )
    connection.execute(
        "select outreach.park_step(%s, %s, %s, 'test', %s)",
        [
            saved.workspace_id,
            saved.step_ids[0],
            Jsonb({"code": "template_error", "message": "broken"} | error),
            NOON,
        ],
    )


@pytest.fixture
def campaigns(database):
    """PIPL's note was fixed behind the gate; EU SaaS's is still broken."""
    with database.connect() as connection:
        make_senders(connection)
        pipl = save(connection, PLAIN, NOON)
        eu_saas = save(
            connection, PLAIN, NOON, **{"PIPL Connection": "EU SaaS Outreach"}
        )
        make_parked(connection, pipl, 3, template=BROKEN_NOTE, field="note")
        make_parked(connection, eu_saas, 2, template=BROKEN_NOTE, field="note")
        set_note(connection, pipl.campaign_id, FIXED_NOTE)
        set_note(connection, eu_saas.campaign_id, BROKEN_NOTE)
    return pipl, eu_saas


def run(database, *arguments, confirm=None, how=ran_here):
    environment = database.environment()
    environment.pop("CONFIRM", None)
    if confirm is not None:
        environment["CONFIRM"] = confirm
    return how(environment | {"COLUMNS": "120"}, "heal", "parked", *arguments)


def statuses(database):
    with database.connect() as connection:
        return connection.execute(
            "select campaigns.name, linkedin_status, count(*)"
            " from outreach.campaign_prospects"
            " inner join outreach.campaigns using (campaign_id)"
            " group by 1, 2 order by 1"
        ).fetchall()


PARKED = [
    ("EU SaaS Outreach", "pending_template_fix", 2),
    ("PIPL Connection", "pending_template_fix", 3),
]


def test_a_dry_run_says_who_would_go_on_and_changes_nothing(database, campaigns):
    done = run(database)
    assert done.returncode == 1
    assert "would be re-armed" in done.stdout
    assert (
        "EU SaaS Outreach, step 4: 2 still fail. Step 1, note, line 1, column 30: This "
        "merge tag closes with one brace only." in done.stdout
    )
    assert "Nothing was written: add --commit and set CONFIRM=yes." in done.stdout
    assert statuses(database) == PARKED


@pytest.mark.parametrize("confirm", [None, "", "no", "YES"])
def test_commit_alone_writes_nothing(database, campaigns, confirm):
    done = run(database, "--commit", confirm=confirm)
    assert (done.returncode, "CONFIRM=yes" in done.stderr) == (2, True)
    assert statuses(database) == PARKED


def test_whoever_passes_today_is_re_armed_and_the_others_stay_listed(
    database, campaigns
):
    done = run(database, "--commit", confirm="yes")
    assert done.returncode == 1
    assert statuses(database) == [
        ("EU SaaS Outreach", "pending_template_fix", 2),
        ("PIPL Connection", "ready_to_invite", 3),
    ]
    with database.connect() as connection:
        assert connection.execute(
            "select template, validation_stamp from outreach.campaign_step_templates"
            " where step_id = %s",
            [campaigns[0].step_ids[0]],
        ).fetchone() == (FIXED_NOTE, stamp(FIXED_NOTE, FIELDS, ["subject_line"]))
        assert connection.execute(
            "select count(*) from outreach.campaign_events"
            " where event_type = 'template_rearmed'"
            " and actor = 'rearm_pending_template_fix'"
        ).fetchone() == (3,)
    again = run(database, "--commit", confirm="yes")
    assert "PIPL Connection" not in again.stdout


def test_one_campaign_alone_is_looked_at(database, campaigns):
    done = run(database, "--campaign", "PIPL Connection", "--commit", confirm="yes")
    assert done.returncode == 0
    assert "EU SaaS" not in done.stdout
    unknown = run(database, "--campaign", "PIPL")
    assert (unknown.returncode, unknown.stderr) == (
        2,
        'There is no campaign "PIPL". Did you mean "PIPL Connection"?\n',
    )


def test_who_was_parked_before_auto_resume_and_has_no_job_gets_one(database, campaigns):
    pipl, _ = campaigns
    with database.connect() as connection:
        past_the_gate(
            connection,
            "delete from outreach.campaign_send_jobs where campaign_id = %s",
            [pipl.campaign_id],
        )
    run(database, "--commit", confirm="yes")
    with database.connect() as connection:
        assert connection.execute(
            "select jobs.status, jobs.action, jobs.step_id,"
            " jobs.run_at = enrollments.next_action_at, count(*)"
            " from outreach.campaign_send_jobs as jobs"
            " inner join outreach.campaign_prospects as enrollments"
            " using (enrollment_id) where jobs.campaign_id = %s group by 1, 2, 3, 4",
            [pipl.campaign_id],
        ).fetchall() == [("queued", "send_invite", pipl.step_ids[0], True, 3)]


def test_who_may_have_been_reached_already_is_not_queued_again(database, campaigns):
    pipl, _ = campaigns
    with database.connect() as connection:
        past_the_gate(
            connection,
            "update outreach.campaign_send_jobs set status = 'completed',"
            " completed_at = %s where job_id = (select min(job_id)"
            " from outreach.campaign_send_jobs where campaign_id = %s)",
            [NOON, pipl.campaign_id],
        )
    done = run(database, "--campaign", "PIPL Connection", "--commit", confirm="yes")
    assert "1 still fail. An earlier send of this step may have reached" in done.stdout


def test_an_unreachable_database_is_a_sentence(database):
    environment = database.environment() | {"PGHOST": "/nowhere"}
    done = ran_as_a_process(environment, "heal", "parked")
    assert done.returncode == 2
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_validator_says_of_saved_templates_is_written_and_forgotten(
    database, campaigns
):
    with database.connect() as connection:
        validate_saved_templates(connection, NOON)
        rows = connection.execute(
            "select step_id, field, is_valid, errors -> 0 ->> 'code', validated_at"
            " from outreach.template_validations order by step_id, field"
        ).fetchall()
        pipl, eu_saas = campaigns
        assert rows == [
            (pipl.step_ids[0], "note", True, None, NOON),
            (pipl.step_ids[2], "message", True, None, NOON),
            (eu_saas.step_ids[0], "note", False, "unclosed_output", NOON),
            (eu_saas.step_ids[2], "message", True, None, NOON),
        ]
        connection.execute("delete from outreach.campaign_step_templates")
        validate_saved_templates(connection, NOON)
        assert connection.execute(
            "select count(*) from outreach.template_validations"
        ).fetchone() == (0,)


@pytest.mark.filterwarnings("ignore:The .__fields__. attribute is deprecated")
def test_the_asset_re_arms_the_same_people_and_shows_before_and_after(
    database, campaigns, monkeypatch
):
    monkeypatch.setenv("PGDATABASE", database.name)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [rearmed_enrollments],
            instance=instance,
            resources={"postgres": Postgres()},
        )
    (made,) = result.get_asset_materialization_events()
    metadata = {
        name: value.value for name, value in made.materialization.metadata.items()
    }

    assert statuses(database) == [
        ("EU SaaS Outreach", "pending_template_fix", 2),
        ("PIPL Connection", "ready_to_invite", 3),
    ]
    assert (metadata["rearmed"], metadata["still_parked"]) == (3, 2)
    assert (
        "| EU SaaS Outreach | 2 | 2 | 2: Step 1, note" in (metadata["before_and_after"])
    )
    assert "| PIPL Connection | 3 | 0 |  |" in metadata["before_and_after"]
