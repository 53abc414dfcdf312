"""Marts that stay in their tables: keys for BI tools, and refreshes of what changed."""

import pytest

from tests.support.campaign_history import (
    HOUR,
    CampaignHistory,
    clock,
    make_first_events,
    make_later_events,
)
from tests.support.dbt_runner import modelled_copy, run_dbt
from tests.support.ledger_rows import loading

KEPT = ("accounts", "campaigns", "steps", "dates", "enrollments", "sends", "replies")
# What marts and alerts read in their stead of all events.
SHARED = ("int_counted_results", "int_leaked_accepts", "int_kept_accept_facts")
# What happened, with everything that says when, ten days earlier.
MADE_OLDER = """
update outreach.campaign_prospects set
    created_at = created_at - interval '10 days',
    linkedin_invited_at = linkedin_invited_at - interval '10 days',
    linkedin_accepted_at = linkedin_accepted_at - interval '10 days';
update outreach.campaign_events set
    occurred_at = occurred_at - interval '10 days',
    recorded_at = recorded_at - interval '10 days',
    counted_on = counted_on - 10;
update outreach.send_attempts set
    begun_at = begun_at - interval '10 days', counted_on = counted_on - 10;
update outreach.send_attempt_outcomes set
    recorded_at = recorded_at - interval '10 days';
update outreach.accept_credits set
    accepted_after = accepted_after - interval '10 days',
    accepted_before = accepted_before - interval '10 days',
    accepted_at = accepted_at - interval '10 days',
    decided_at = decided_at - interval '10 days';
update outreach.linkedin_accounts set created_at = created_at - interval '10 days';
"""
CONSTRAINTS = """
select
    conrelid::regclass::text,
    pg_get_constraintdef(oid)
from pg_catalog.pg_constraint
where contype = any(%s) and connamespace = 'analytics'::regnamespace
order by 1, 2
"""


@pytest.fixture(scope="module")
def refreshed(template_database):
    """(database, connection) with old rows in the marts, and later rows added to them.

    The marts were built twice: with the old rows, and with what is new.
    """
    with modelled_copy(template_database) as database, database.connect() as connection:
        connection.autocommit = True
        history = CampaignHistory(connection)
        make_first_events(history)
        with loading(connection):
            connection.execute(MADE_OLDER)
        # The views that the shared tables read were built for one moment.
        views = [f"+{model}" for model in SHARED]
        run_dbt(database, "run", "send_proofs", *KEPT, *views, is_full_refresh=True)
        make_later_events(history)
        run_dbt(database, "run", "send_proofs", *KEPT, *SHARED)
        yield database, connection


def rows_of(connection, mart):
    """The mart's rows as dictionaries, without the moment of their computation."""
    found = connection.execute(f"select * from analytics.{mart} order by 1, 2")
    names = [column.name for column in found.description]
    return [
        {
            name: value
            for name, value in zip(names, row, strict=True)
            if name != "refreshed_at"
        }
        for row in found
    ]


def constraints(connection, *kinds):
    return connection.execute(CONSTRAINTS, [list(kinds)]).fetchall()


def test_a_bi_tool_sees_the_primary_key_of_each_table(refreshed):
    _, connection = refreshed
    keys = dict(constraints(connection, "p"))
    assert {f"analytics.{mart}": keys.get(f"analytics.{mart}") for mart in KEPT} == {
        "analytics.accounts": "PRIMARY KEY (workspace_id, account_id)",
        "analytics.campaigns": "PRIMARY KEY (workspace_id, campaign_id)",
        "analytics.steps": "PRIMARY KEY (workspace_id, step_id)",
        "analytics.dates": "PRIMARY KEY (calendar_date)",
        "analytics.enrollments": "PRIMARY KEY (workspace_id, enrollment_id)",
        "analytics.sends": "PRIMARY KEY (workspace_id, attempt_id)",
        "analytics.replies": "PRIMARY KEY (workspace_id, reply_id)",
    }


def test_a_bi_tool_sees_what_each_fact_refers_to(refreshed):
    _, connection = refreshed
    pairs = {
        (
            table.removeprefix("analytics."),
            text.split("REFERENCES analytics.")[1].split("(")[0],
        )
        for table, text in constraints(connection, "f")
    }
    assert pairs == {
        ("steps", "campaigns"),
        ("enrollments", "accounts"),
        ("enrollments", "campaigns"),
        ("sends", "accounts"),
        ("sends", "campaigns"),
        ("sends", "steps"),
        ("sends", "dates"),
        ("sends", "enrollments"),
        ("replies", "accounts"),
        ("replies", "campaigns"),
        ("replies", "steps"),
        ("replies", "enrollments"),
    }


@pytest.mark.parametrize("models", [KEPT, ("accounts",)])
def test_keys_survive_each_rebuild(refreshed, models):
    database, connection = refreshed
    before = constraints(connection, "p", "f")

    run_dbt(database, "run", *models, is_full_refresh=True)

    assert constraints(connection, "p", "f") == before


def test_a_refresh_of_what_changed_says_what_a_run_over_all_says(refreshed):
    database, connection = refreshed
    of_changes = {mart: rows_of(connection, mart) for mart in KEPT}

    run_dbt(database, "run", *KEPT, is_full_refresh=True)

    assert {mart: rows_of(connection, mart) for mart in KEPT} == of_changes
    ages = connection.execute(
        "select now() - begun_at > interval '9 days', count(*)"
        " from analytics.sends group by 1 order by 1"
    ).fetchall()
    assert ages == [(False, 1), (True, 4)]
    assert len(of_changes["replies"]) == 2
    accepted = [row["is_accepted"] for row in of_changes["enrollments"]]
    assert accepted == [True, False, True, False, False, False]


def shared_rows(connection, model):
    """All that the model says but when it was computed."""
    return connection.execute(
        "select to_jsonb(shared) - 'refreshed_at'"
        f" from analytics_intermediate.{model} as shared order by 1"
    ).fetchall()


def test_what_marts_share_is_the_same_after_a_run_over_all(refreshed):
    database, connection = refreshed
    stale = connection.execute(
        "select workspace_id, enrollment_id from analytics.enrollments"
        " where is_accepted order by 2 limit 1"
    ).fetchone()
    # Neither an event nor an attempt says so any more.
    connection.execute(
        "insert into analytics_intermediate.int_leaked_accepts (workspace_id,"
        " enrollment_id, campaign_id, account_id, why, refreshed_at)"
        " values (%s, %s, 1, 1, 'stale', now())",
        stale,
    )
    run_dbt(database, "run", *SHARED)
    of_changes = {model: shared_rows(connection, model) for model in SHARED}

    run_dbt(database, "run", *SHARED, is_full_refresh=True)

    assert {model: shared_rows(connection, model) for model in SHARED} == of_changes
    kinds = {row["result"] for (row,) in of_changes["int_counted_results"]}
    assert {"sent", "accepted", "replied"} <= kinds
    facts = [row for (row,) in of_changes["int_kept_accept_facts"]]
    assert [row["is_invited"] for row in facts].count(True) == 5
    assert [row["is_accepted"] for row in facts].count(True) == 2


def test_the_stored_accept_statistics_are_those_of_a_live_look(refreshed):
    database, connection = refreshed
    run_dbt(database, "run", *SHARED, "int_campaign_accept_stats")
    run_dbt(database, "run", "campaign_accept_stats")

    stored, live = (
        connection.execute(
            f"select to_jsonb(stats) - %s::text[] from {relation} as stats order by 1",
            [["workspace_name", "campaign_name", "campaign_status", "refreshed_at"]],
        ).fetchall()
        for relation in (
            "analytics.campaign_accept_stats",
            "analytics_intermediate.int_campaign_accept_stats",
        )
    )

    assert stored == live
    assert sum(row["accept_count"] for (row,) in stored) == 2


def test_the_keys_of_the_weeks_are_looked_at_by_the_daily_run(refreshed):
    database, connection = refreshed
    name = "weekly_campaign_cohorts_has_unique_keys"
    view = "analytics.weekly_campaign_cohorts"
    (query,) = connection.execute(
        "select pg_get_viewdef(%s::regclass)", [view]
    ).fetchone()
    query = query.rstrip(";")
    connection.execute(
        f"create or replace view {view} as ({query}) union all ({query})"
    )

    each_hour = run_dbt(database, "build", name)
    each_day = run_dbt(database, "build", name, is_full_refresh=True)
    connection.execute(f"create or replace view {view} as {query}")

    assert each_hour == {name: "pass"}
    assert each_day == {name: "fail"}


def test_a_refresh_of_what_changed_computes_nothing_else(refreshed):
    database, connection = refreshed
    with loading(connection):
        connection.execute(
            "update outreach.campaign_events set recorded_at = recorded_at"
            " - interval '2 hours', occurred_at = occurred_at - interval '2 hours'"
        )
    run_dbt(database, "run", "enrollments", "replies", is_full_refresh=True)
    connection.execute("update analytics.enrollments set company = 'nobody computed'")
    # A table without a row was built as well.
    connection.execute("delete from analytics.replies")

    run_dbt(database, "run", "enrollments", "replies")
    of_changes = {row["company"] for row in rows_of(connection, "enrollments")}
    replies_of_changes = rows_of(connection, "replies")
    run_dbt(database, "run", "enrollments", "replies", is_full_refresh=True)

    assert of_changes == {"nobody computed"}
    assert replies_of_changes == []
    assert {row["company"] for row in rows_of(connection, "enrollments")} == {None}
    assert len(rows_of(connection, "replies")) == 2


def test_a_row_that_says_the_same_is_not_written(refreshed):
    database, connection = refreshed
    places = "select ctid, xmin from analytics.enrollments order by ctid"
    run_dbt(database, "run", "enrollments", is_full_refresh=True)
    before = connection.execute(places).fetchall()

    run_dbt(database, "run", "enrollments", is_full_refresh=True)

    assert connection.execute(places).fetchall() == before


def test_a_table_of_other_columns_is_made_anew_and_referred_to_again(refreshed):
    database, connection = refreshed
    before = constraints(connection, "p", "f")
    connection.execute("alter table analytics.accounts add column colour text")

    run_dbt(database, "run", "accounts")
    lost = set(before) - set(constraints(connection, "p", "f"))
    run_dbt(database, "run", "enrollments", "sends", "replies")

    # The table was dropped with what referred to it.
    assert {table for table, _ in lost} == {
        "analytics.enrollments",
        "analytics.sends",
        "analytics.replies",
    }
    assert constraints(connection, "p", "f") == before


def test_a_run_for_an_earlier_moment_leaves_out_what_came_later(refreshed):
    database, connection = refreshed
    at = clock(connection) - 8 * 24 * HOUR

    run_dbt(database, "run", *KEPT, as_of=at)
    then = len(rows_of(connection, "sends"))
    run_dbt(database, "run", *KEPT)

    assert then == 4
    assert len(rows_of(connection, "sends")) == 5
