"""What a mart said at a past moment: the same, whatever has happened since."""

import os
import re
from unittest import mock

import pytest
from psycopg import sql

from tests.support.campaign_history import (
    HOUR,
    CampaignHistory,
    clock,
    make_first_events,
    make_later_events,
)
from tests.support.command_line import invoke
from tests.support.dbt_runner import modelled_copy, parsed_manifest, run_dbt
from trueup.marts.past import NoAnswerError, past_mart

# Columns of which the rule says that they keep no history.
NOT_KEPT = {
    "accounts": {"has_premium"},
    "campaigns": {"campaign_status"},
    "enrollments": {"ended_because"},
    "account_last_activity": {"last_sync_at"},
    "account_status": {"last_checked_at"},
    "campaign_accept_stats": {"campaign_status"},
}


def marts():
    return {
        node.name: node
        for node in parsed_manifest().nodes.values()
        if node.resource_type == "model" and node.path.startswith("marts/")
    }


def answered_marts():
    return sorted(
        name
        for name, node in marts().items()
        if "answered" in node.config.meta.get("past", {})
    )


@pytest.fixture(scope="module")
def told(template_database):
    """(database, the moment between the parts, each mart as it was then, and now)"""
    with modelled_copy(template_database) as database:
        with database.connect() as connection:
            connection.autocommit = True
            history = CampaignHistory(connection)
            make_first_events(history)
            moment = clock(connection)
            then = marts_built(database, connection, moment)
            make_later_events(history)
            now = marts_built(database, connection, clock(connection))
        with mock.patch.dict(os.environ, PGDATABASE=database.name):
            yield database, moment, then, now


def marts_built(database, connection, as_of):
    """Rows of each mart by its name, as dictionaries without what is not kept."""
    run_dbt(database, "run", as_of=as_of)
    return {
        name: [
            kept(name, columns_of(found), row)
            for found in [
                connection.execute(
                    sql.SQL("select * from analytics.{} order by 1, 2, 3, 4").format(
                        sql.Identifier(name)
                    )
                )
            ]
            for row in found
        ]
        for name in marts()
    }


def columns_of(found):
    return [column.name for column in found.description]


def kept(mart, columns, row):
    return {
        column: value
        for column, value in zip(columns, row, strict=True)
        if column not in NOT_KEPT.get(mart, set())
    }


@pytest.mark.parametrize("mart", answered_marts())
def test_the_answer_at_a_past_moment_is_what_the_mart_said_then(told, mart):
    database, moment, then, now = told
    with database.connect() as connection:
        answer = past_mart(connection, mart, moment, manifest=parsed_manifest())

    assert [kept(mart, answer.columns, row) for row in answer.rows] == then[mart]
    assert then[mart] != []
    assert then[mart] != now[mart]


def test_every_mart_says_whether_its_past_is_known():
    undecided = [
        name
        for name, node in marts().items()
        if node.config.meta.get("past", {}).keys() not in ({"answered"}, {"lost"})
    ]
    assert undecided == []


def test_every_source_says_what_is_known_of_its_past():
    known = ("recorded_in", "rebuilt_by", "as_today", "lost")
    undecided = [
        source.name
        for source in parsed_manifest().sources.values()
        if not any(
            source.config.meta.get("past", {}).keys() == {kind} for kind in known
        )
    ]
    assert undecided == []


# They work on their arguments alone, and say the same at any moment.
# told_webhook_events reads names of events, which only a migration writes.
READ_NO_TABLE = {
    "account_timezone",
    "is_accepted",
    "is_inside_window",
    "is_live_job",
    "is_told_of",
    "local_date_in",
    "may_use_product",
    "proof_of_send",
    "state_of_attempt",
    "told_webhook_events",
}


def test_an_answered_mart_calls_no_function_that_reads_tables_as_they_are():
    nodes = parsed_manifest().nodes
    live = []
    for name in answered_marts():
        waiting = [marts()[name].unique_id]
        while waiting:
            node = nodes.get(waiting.pop())
            if node is not None:
                code = re.sub(r"(?s)\{#.*?#\}", "", node.raw_code)
                called = set(re.findall(r"outreach\.(\w+)", code))
                live += [(name, node.name)] * bool(called - READ_NO_TABLE)
                waiting += node.depends_on.nodes
    assert live == []


@pytest.mark.parametrize(
    ("mart", "reason"),
    [
        ("account_counter_drift", "overwritten at every send and heal"),
        ("send_queue_health", "was queued, claimed or parked keeps no history"),
        ("linkedin_accounts", "is no mart. The marts are account_counter_drift,"),
    ],
)
def test_what_keeps_no_history_is_refused_with_the_reason(told, mart, reason):
    database, moment, _, _ = told
    with (
        database.connect() as connection,
        pytest.raises(NoAnswerError, match=reason),
    ):
        past_mart(connection, mart, moment, manifest=parsed_manifest())


def test_a_moment_that_is_yet_to_come_is_refused(told):
    database, moment, _, _ = told
    with (
        database.connect() as connection,
        pytest.raises(NoAnswerError, match="is yet to come"),
    ):
        past_mart(
            connection, "account_status", moment + 24 * HOUR, manifest=parsed_manifest()
        )


def test_what_was_emptied_since_is_refused_where_a_mart_needs_it(told):
    database, moment, _, _ = told
    with database.connect() as connection:
        connection.execute(
            "select outreach.record_provider_read(workspace_id, account_id,"
            " 'relations', null, %(at)s, %(at)s, true, 1, null,"
            """ '[{"provider_id": "ACoAAtim"}]')"""
            " from outreach.linkedin_accounts where name = 'Pinki'",
            {"at": moment - HOUR},
        )
        connection.execute(
            "select outreach.record_provider_read(workspace_id, account_id,"
            " 'relations', null, %(at)s, %(at)s, true, 1, null, '[]')"
            " from outreach.linkedin_accounts where name = 'Pinki'",
            {"at": moment},
        )
        connection.execute(
            "select outreach.empty_raw_columns(workspace_id, %s)"
            " from outreach.workspaces",
            [moment + 31 * 24 * HOUR],
        )
        with pytest.raises(NoAnswerError, match="was emptied up to"):
            past_mart(connection, "send_proofs", moment, manifest=parsed_manifest())
        past_mart(
            connection, "campaign_accept_stats", moment, manifest=parsed_manifest()
        )
        connection.rollback()


def test_nothing_stays_behind_in_the_database(told):
    database, moment, _, _ = told
    count = "select count(*) from pg_catalog.pg_class"
    with database.connect() as connection:
        before = connection.execute(count).fetchone()
        past_mart(connection, "account_status", moment, manifest=parsed_manifest())

        assert connection.execute(count).fetchone() == before


def test_the_script_prints_the_answer_and_its_rule(told, monkeypatch):
    _, moment, _, _ = told
    monkeypatch.setenv("COLUMNS", "400")
    arguments = ["account_status", "--at", moment.isoformat(), "--workspace", "Acme"]
    result = invoke("mart", "as-of", *arguments)

    assert result.exit_code == 0, result.output
    assert "Disconnected since" in result.output
    assert "Status, since when, why and by whom from audit rows." in result.output
    assert "workspaces as it is today: Names are today's." in result.output


def test_the_script_refuses_a_moment_without_a_time_zone():
    result = invoke("mart", "as-of", "account_status", "--at", "2026-04-28T12:00")

    assert result.exit_code == 2
    assert "write 2026-04-28T12:00Z" in result.output
