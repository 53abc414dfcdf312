"""A simulated week at either version of the provider's API comes to the same marts.

An answer is lost, a person and a text are refused, messages and comments stay unproven,
people accept, reply and ask for no more, invites are withdrawn, and the account is down
for a day; told by webhooks or found by polls.
"""

import json

import pytest

from tests.support.dbt_runner import modelled_copy, run_dbt
from tests.support.faces import Version2
from tests.support.whole_weeks import ENDS_AT, MONDAY, weeks_of

# Names that the provider or a sequence gives, moments that ids draw, and those of the
# database's own clock.
DRAWN = {
    "account_digest",
    "workspace_id",
    "job_id",
    "attempt_id",
    "reply_id",
    "credit_id",
    "chat_id",
    "message_id",
    "answered_reference",
    "next_action_at",
    "run_at",
    "lifts_at",
    "expected_at",
    "earliest_at",
    "latest_at",
    "contact_at",
    "expected_local_time",
    "oldest_due_at",
    "clamped_to",
    "created_at",
    "enrolled_at",
    "recorded_at",
}
# What version 2 calls the same thing.
SAID = {
    "provider/insufficient_permissions": "user_unreachable",
    "api/invalid_parameters": "too_many_characters",
    "poll: the provider says running (classic running, sales_navigator running)": (
        "poll: the provider says OK"
    ),
}
RANKED = {
    "account_id": "linkedin_accounts",
    "campaign_id": "campaigns",
    "step_id": "campaign_steps",
    "enrollment_id": "campaign_prospects",
    "prospect_id": "prospects",
}
MODELLED = "select to_jsonb(mart) from analytics.{} as mart where workspace_id = %s"


@pytest.fixture(scope="module")
def lived(template_database, running_sandbox):
    """Contradictions with the sandbox's journal, and the marts of each version's week:
    rows by mart."""
    faces = (running_sandbox, Version2(running_sandbox))
    with modelled_copy(template_database) as database:
        with database.connect(autocommit=True) as connection:
            weeks = weeks_of(connection, faces)
            violations = weeks[0].violations()
        dates = {"from_date": MONDAY.date(), "to_date": ENDS_AT.date()}
        run_dbt(database, "run", as_of=ENDS_AT, **dates)
        with database.connect() as connection:
            yield violations, [marts_of(connection, week) for week in weeks]


def marts_of(connection, week):
    """The rows of every mart of a workspace, with its ids in their order for names."""
    names = names_of(connection, week.workspace_id)
    tables = connection.execute(
        "select table_name from information_schema.columns"
        " where table_schema = 'analytics' and column_name = 'workspace_id'"
        " order by table_name"
    ).fetchall()
    return {
        table: [
            named(row, names)
            for (row,) in connection.execute(
                MODELLED.format(table), [week.workspace_id]
            )
        ]
        for (table,) in tables
    }


def names_of(connection, workspace_id):
    """The order of each id of a workspace, and what else is named after it."""
    names = {}
    for column, table in RANKED.items():
        ids = connection.execute(
            f"select {column} from outreach.{table} where workspace_id = %s"
            f" order by {column}",
            [workspace_id],
        ).fetchall()
        names[column] = {found: rank for rank, (found,) in enumerate(ids)}
    people = connection.execute(
        "select public_identifier, provider_id from outreach.prospects"
        " where workspace_id = %s order by prospect_id",
        [workspace_id],
    ).fetchall()
    names["texts"] = SAID | {
        known: f"person {rank}" for rank, row in enumerate(people) for known in row
    }
    return names


def named(row, names):
    """A row of a mart without what is drawn."""
    return {
        column: names.get(column.removeprefix("current_"), names["texts"]).get(
            value, value
        )
        for column, value in row.items()
        if column not in DRAWN
    }


def in_order(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_a_week_comes_to_the_same_marts_at_both_versions(lived):
    _, (first, second) = lived
    assert first.keys() == second.keys()
    for mart in first.keys() - {"sends"}:
        assert in_order(second[mart]) == in_order(first[mart]), mart
    assert len(first["sends"]) == 20
    assert {row["linkedin_status"] for row in first["enrollments"]} == {
        "completed",
        "failed",
        "pending_template_fix",
        "replied",
        "withdrawn",
    }


def test_a_comment_is_proven_by_the_answer_of_version_2_alone(lived):
    """Version 1 gives no id of a comment. All else of the sends is the same."""
    _, (first, second) = lived
    is_comment = {"action": "comment"}.items()
    proofs = [
        {
            (row["answered_class"], row.pop("proof"))
            for row in week["sends"]
            if is_comment <= row.items()
        }
        for week in (first, second)
    ]
    assert proofs == [{("sent_unproven", "unproven")}, {("sent_proven", "proven")}]
    for week in (first, second):
        for row in week["sends"]:
            if is_comment <= row.items():
                del row["answered_class"]
    assert in_order(second["sends"]) == in_order(first["sends"])


def test_nobody_was_written_to_twice_and_nothing_was_forgotten(lived):
    violations, _ = lived
    assert violations == []
