"""`trueup prospect why`: one reason for each campaign that a person is in."""

import os

import pytest

from tests.support.command_line import ran_as_a_process, ran_here
from tests.support.dbt_runner import modelled_copy
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from trueup.marts.blockers import why_not_messaged


@pytest.fixture(scope="module")
def database(template_database):
    """Ada waits for her first step."""
    with modelled_copy(template_database) as copy:
        with copy.connect() as connection:
            workspace_id = make_workspace(connection)
            account_id = make_account(connection, workspace_id, timezone="Asia/Tokyo")
            campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
            make_enrollments(
                connection,
                workspace_id,
                account_id,
                campaign_id,
                step_id,
                run_at=NOON.replace(year=2999, hour=20),
            )
            connection.execute(
                "update outreach.prospects set first_name = 'Ada', last_name ="
                " 'Lovelace', email = 'Ada@example.com', public_identifier = 'ada-l'"
            )
        yield copy


def ask(database, person, how=ran_here):
    environment = {**os.environ, "PGDATABASE": database.name, "COLUMNS": "80"}
    done = how(environment, "prospect", "why", person)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "person",
    [
        "ada lovelace",
        "ada@example.com",
        "https://www.linkedin.com/in/Ada-L/?trk=x",
        "ada-l",
        "1",
    ],
)
def test_a_person_is_found_by_whatever_they_are_known_by(database, person):
    code, said = ask(database, person)

    assert code == 0
    assert "Ada Lovelace" in said
    assert "why: not due yet" in said
    assert "Its time has not come. Steps are spread by up to 30 minutes" in said
    assert "profile: ada-l" in said
    assert "2999-05-05 05:00 in Asia/Tokyo" in said
    assert "2999-05-04 20:00 UTC" in said


def test_who_is_not_enrolled_is_a_sentence_and_no_table(database):
    code, said = ask(database, "Charles Babbage", how=ran_as_a_process)

    assert code == 1
    assert 'Nobody named "Charles Babbage" is enrolled in a campaign.' in said


def test_an_ended_enrollment_says_how_it_ended(database):
    with database.connect() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update outreach.campaign_prospects set linkedin_status = 'failed',"
            " failed_classification = 'permanent_prospect'"
        )
    try:
        code, said = ask(database, "Ada Lovelace")
    finally:
        with database.connect() as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute(
                "update outreach.campaign_prospects set linkedin_status ="
                " 'ready_to_invite', failed_classification = null"
            )

    assert code == 0
    assert "A step failed for good: permanent_prospect." in said


def test_who_was_marked_do_not_contact_is_told_who_marked_them_and_why(database):
    with database.connect(autocommit=True) as connection:
        workspace_id, prospect_id = connection.execute(
            "select workspace_id, prospect_id from outreach.prospects"
        ).fetchone()
        connection.execute("begin")
        connection.execute(
            "select outreach.mark_do_not_contact(%s, %s, 'asked by mail.', 'ines', %s)",
            [workspace_id, prospect_id, NOON],
        )
        (shown,) = why_not_messaged(connection, [(workspace_id, prospect_id)])
        connection.execute(
            "select outreach.lift_do_not_contact(%s, %s, 'a mistake', 'ines')",
            [workspace_id, prospect_id],
        )
        (lifted,) = why_not_messaged(connection, [(workspace_id, prospect_id)])
        connection.execute("rollback")

    assert (shown["why"], shown["explanation"]) == (
        "do_not_contact",
        f"Marked do-not-contact since {NOON:%Y-%m-%d %H:%M} UTC by ines: "
        "asked by mail.",
    )
    assert lifted["why"] == "do_not_contact"
    assert "The mark is lifted; import them" in lifted["explanation"]


def test_before_the_models_are_built_it_says_what_to_run(empty_models):
    code, said = ask(empty_models, "Ada Lovelace")

    assert code == 1
    assert "The models are not built yet." in said


@pytest.fixture
def empty_models(shared_database):
    return shared_database
