"""The worked questions of dbt/analyses, asked as analyst of rows with known answers."""

import datetime as dt
import json
import re
from decimal import Decimal

import pytest

from tests.support.command_line import invoke
from tests.support.dbt_runner import compiled_questions, modelled_copy, run_dbt
from tests.support.ledger_rows import loading
from tests.support.rows import (
    flip,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

HOUR = dt.timedelta(hours=1)
# Forty invites by variant A, of which 20 were accepted, and 40 by B: 8 accepted.
VARIANTS = """
with

persons as (

    insert into outreach.prospects (workspace_id, prospect_id, provider_id)
    overriding system value
    select %(workspace)s, 1000 + number, 'ACoAAwording' || number
    from generate_series(1, 80) as number

),

people as (

    insert into outreach.campaign_prospects (
        workspace_id, campaign_id, prospect_id, account_id, current_step_id,
        linkedin_status, linkedin_invited_at, linkedin_accepted_at
    )
    select
        %(workspace)s, %(campaign)s, 1000 + number, %(account)s, %(step)s,
        case when is_accepted then 'completed' else 'pending_accept' end,
        %(at)s,
        case when is_accepted then %(at)s::timestamptz end
    from generate_series(1, 80) as number
    cross join lateral (
        select number <= 20 or number between 41 and 48 as is_accepted
    ) as accepts
    returning enrollment_id, prospect_id, linkedin_accepted_at

),

attempts as (

    insert into outreach.send_attempts (
        workspace_id, job_id, enrollment_id, campaign_id, step_id, prospect_id,
        account_id, action, variant, worker, begun_at, counted_on,
        provider_account_id, request_sha256, limit_per_day, minimum_gap, timezone,
        window_weekday, window_opens, window_closes
    )
    select
        %(workspace)s, prospect_id, enrollment_id, %(campaign)s, %(step)s,
        prospect_id, %(account)s, 'send_invite',
        case when prospect_id <= 1040 then 'A' else 'B' end, 'w1', %(at)s,
        (%(at)s::timestamptz)::date, 'acc', '0', 80, '0', 'UTC', 1, '00:00', '24:00'
    from people
    returning attempt_id, enrollment_id, prospect_id, begun_at, counted_on

),

outcomes as (

    insert into outreach.send_attempt_outcomes (
        workspace_id, attempt_id, outcome, means, decided_by, recorded_at
    )
    select %(workspace)s, attempt_id, 'sent_proven', 'sent', 'answer', begun_at
    from attempts

),

sent as (

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
        event_type, occurred_at, attempt_id, action, counted_on, actor
    )
    select
        %(workspace)s, enrollment_id, %(campaign)s, %(step)s, prospect_id,
        %(account)s, 'invite_sent', begun_at, attempt_id, 'send_invite', counted_on,
        'test'
    from attempts

)

insert into outreach.campaign_events (
    workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
    event_type, occurred_at, actor
)
select
    %(workspace)s, enrollment_id, %(campaign)s, %(step)s, prospect_id, %(account)s,
    'invite_accepted', linkedin_accepted_at, 'test'
from people
where linkedin_accepted_at is not null
"""
# Three of those who accepted were written to, after 1, 2 and 6 hours; one replied.
MESSAGES = """
insert into outreach.campaign_events (
    workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
    event_type, occurred_at, action, counted_on, actor
)
select
    %(workspace)s, enrollment_id, %(campaign)s, %(step)s, prospect_id, %(account)s,
    told.event_type, %(at)s::timestamptz + told.later, told.action,
    case when told.action is not null then (%(at)s::timestamptz)::date end, 'test'
from (
    values
    (1001, 'message_sent', interval '1 hour', 'send_message'),
    (1002, 'message_sent', interval '2 hours', 'send_message'),
    (1003, 'message_sent', interval '6 hours', 'send_message'),
    (1001, 'reply_received', interval '7 hours', null)
) as told (prospect_id, event_type, later, action)
inner join outreach.campaign_prospects using (prospect_id)
"""
CREDITS = """
insert into outreach.accept_credits (
    workspace_id, account_id, person, is_credited, reason, accepted_before, accepted_at,
    signals, actor, decided_at
)
select %s, %s, person, false, reason, %s, %s, array['relation'], 'test', %s
from (
    values ('ada', 'no invite'), ('alan', 'no invite'), ('tim', 'withdrawn before')
) as told (person, reason)
"""
CAMPAIGN_NAME = "enrollment__campaign_name"


@pytest.fixture(scope="module")
def asked(template_database):
    """(connection as analyst, questions by name, the moment of the rows)"""
    with modelled_copy(template_database) as database:
        with database.connect() as connection:
            at = fill(connection)
        run_dbt(database, "run")
        questions = compiled_questions(database)
        with database.connect() as connection:
            connection.execute("set role analyst")
            yield connection, questions, at


def fill(connection):
    connection.autocommit = True
    now = connection.execute("select clock_timestamp()").fetchone()[0]
    workspace_id = make_workspace(connection)
    anisha = make_account(
        connection, workspace_id, "Anisha", limits=(("send_invite", "day", 2),)
    )
    pinki = make_account(connection, workspace_id, "Pinki")
    talha = make_account(connection, workspace_id, "Talha")
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    connection.execute("update outreach.campaigns set name = 'PIPL Connection'")
    # Two of Anisha's four invites go, the second one unanswered: her limit is reached.
    make_enrollments(
        connection, workspace_id, anisha, campaign_id, step_id, 4, run_at=now - HOUR
    )
    send_one(connection, workspace_id, as_of=now)
    send_one(connection, workspace_id, as_of=now, reached="unanswered")
    # Ada waits for her time, with Pinki.
    (ada,) = make_enrollments(
        connection, workspace_id, pinki, campaign_id, step_id, run_at=now + 3 * HOUR
    )
    connection.execute(
        "update outreach.prospects set public_identifier = 'ada-lovelace'"
        " where prospect_id = (select prospect_id from outreach.campaign_prospects"
        " where enrollment_id = %s)",
        [ada],
    )
    flip(connection, workspace_id, talha, "disconnected")
    connection.execute(CREDITS, [workspace_id, talha, now, now, now])
    tried_id, (tried_step_id, later_step_id) = make_campaign(
        connection, workspace_id, ("send_invite", "send_message")
    )
    connection.execute(
        "update outreach.campaigns set name = 'Two wordings' where campaign_id = %s",
        [tried_id],
    )
    tried = {
        "workspace": workspace_id,
        "campaign": tried_id,
        "account": talha,
        # Before every date that is a today: those are the counters built.
        "at": now - 72 * HOUR,
    }
    with loading(connection):
        connection.execute(VARIANTS, {**tried, "step": tried_step_id})
        connection.execute(MESSAGES, {**tried, "step": later_step_id})
    make_parked(connection, workspace_id, pinki, campaign_id, step_id)
    return now


def make_parked(connection, workspace_id, account_id, campaign_id, step_id):
    (enrollment_id,) = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, run_at=None
    )
    with connection.transaction():
        connection.execute(
            "update outreach.campaign_prospects"
            """ set template_error = '{"message": "Unknown field {{firstNam}}"}'"""
            " where enrollment_id = %s",
            [enrollment_id],
        )
        connection.execute(
            "select outreach.record_enrollment_event(%s, %s, 'template_parked', 'test',"
            " clock_timestamp(), to_status => 'pending_template_fix')",
            [workspace_id, enrollment_id],
        )


def answers(asked, question):
    """The question's rows as dictionaries."""
    connection, questions, _ = asked
    found = connection.execute(questions[question])
    names = [column.name for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_there_are_twenty_questions_and_each_is_asked_below(asked):
    _, questions, _ = asked
    asked_below = {
        name.removeprefix("test_question_")
        for name in globals()
        if name.startswith("test_question_")
    }
    assert len(questions) == 20
    assert asked_below == set(questions)


def test_question_why_has_this_prospect_not_been_messaged(asked):
    found = answers(asked, "why_has_this_prospect_not_been_messaged")

    assert columns(found, "campaign_name", "blocker", "lifts_at") == [
        ("PIPL Connection", "not_due_yet", asked[2] + 3 * HOUR)
    ]


def test_question_what_holds_back_each_campaign(asked):
    found = answers(asked, "what_holds_back_each_campaign")

    assert columns(found, "campaign_name", "blocker", "people_count") == [
        ("PIPL Connection", "day_limit", 2),
        ("PIPL Connection", "not_due_yet", 1),
        ("PIPL Connection", "template_fix", 1),
        ("PIPL Connection", "unknown_send", 1),
        ("PIPL Connection", "waiting_for_accept", 1),
        ("Two wordings", "account_not_connected", 52),
    ]


def test_question_which_variant_wins_and_is_it_sure(asked):
    unsure, sure, _ = answers(asked, "which_variant_wins_and_is_it_sure")

    # 20 of 40 against 8 of 40: pooled 28 of 80, z = 0.3 / sqrt(0.35 * 0.65 / 20).
    assert sure == {
        "campaign_name": "Two wordings",
        "step_number": 1,
        "step_action": "send_invite",
        "winner": "A",
        "next_variant": "B",
        "rate": Decimal("0.5000"),
        "lower_bound": Decimal("0.3520"),
        "upper_bound": Decimal("0.6480"),
        "next_rate": Decimal("0.2000"),
        "z": Decimal("2.81"),
        "is_sure": True,
    }
    assert (unsure["campaign_name"], unsure["is_sure"]) == ("PIPL Connection", False)


def test_question_who_is_over_which_limit(asked):
    found = answers(asked, "who_is_over_which_limit")

    assert columns(found, "account_name", "action", "spent", "is_over") == [
        ("Anisha", "send_invite", 2, False)
    ]


def test_question_how_many_accepts_are_uncredited_and_why(asked):
    found = answers(asked, "how_many_accepts_are_uncredited_and_why")

    assert columns(found, "reason", "accept_count") == [
        ("no invite", 2),
        ("withdrawn before", 1),
    ]


def test_question_which_accounts_cannot_send_and_since_when(asked):
    (found,) = answers(asked, "which_accounts_cannot_send_and_since_when")

    assert found["account_name"] == "Talha"
    assert found["not_sendable_because"] == "account is disconnected"
    assert found["since"] >= asked[2]


def test_question_how_sure_is_each_accept_rate(asked):
    found = answers(asked, "how_sure_is_each_accept_rate")

    assert columns(
        found, "campaign_name", "accept_count", "accept_rate", "accept_rate_upper"
    ) == [
        ("Two wordings", 28, Decimal("0.3500"), Decimal("1.0000")),
        ("PIPL Connection", 0, Decimal("0.0000"), Decimal("1.0000")),
    ]


def test_question_what_waits_for_a_template_fix(asked):
    found = answers(asked, "what_waits_for_a_template_fix")

    assert columns(found, "campaign_name", "parked_count", "error_message") == [
        ("PIPL Connection", 1, "Unknown field {{firstNam}}")
    ]


def test_question_which_sends_are_unknown_and_who_decides(asked):
    found = answers(asked, "which_sends_are_unknown_and_who_decides")

    assert columns(found, "account_name", "action", "waits_for") == [
        (
            "Anisha",
            "send_invite",
            "the provider, from 15 minutes after the loss on",
        )
    ]


def test_question_what_did_each_account_send_lately(asked):
    found = answers(asked, "what_did_each_account_send_lately")

    assert columns(found, "action", "sent_count", "counted_count", "begun_count") == [
        ("send_invite", 1, 2, 2)
    ]


def week_of(moment):
    day = moment.date()
    return day - dt.timedelta(days=day.weekday())


def test_question_what_is_each_accounts_accept_rate_by_week(asked):
    found = answers(asked, "what_is_each_accounts_accept_rate_by_week")
    names = ("account_name", "invited_count", "accept_rate_lower", "accept_rate_upper")

    assert sorted(columns(found, *names)) == [
        ("Anisha", 1, 0, 1),
        ("Talha", 80, Decimal("0.3500"), 1),
    ]
    weeks = {row["account_name"]: row["week_starts_on"] for row in found}
    assert weeks["Talha"] == week_of(asked[2] - 72 * HOUR)


def test_question_how_many_hours_from_accept_to_first_message(asked):
    (found,) = answers(asked, "how_many_hours_from_accept_to_first_message")

    # Between 2 and 6 hours, at nine tenths of the way: 2 + 0.8 * 4.
    assert found == {
        "campaign_name": "Two wordings",
        "accepted_count": 28,
        "messaged_count": 3,
        "median_hours": Decimal("2.0"),
        "nine_of_ten_hours": Decimal("5.2"),
    }


def test_question_what_is_each_variants_reply_rate(asked):
    _, found, other = answers(asked, "what_is_each_variants_reply_rate")

    assert found == {
        "campaign_name": "Two wordings",
        "variant": "A",
        "people_count": 40,
        "replied_count": 1,
        "reply_rate": Decimal("0.0250"),
        "lower_bound": Decimal("0.0044"),
        "upper_bound": Decimal("0.1288"),
    }
    assert (other["variant"], other["replied_count"]) == ("B", 0)
    assert other["lower_bound"] == 0


def test_question_where_are_the_people_of_each_campaign(asked):
    first, second = answers(asked, "where_are_the_people_of_each_campaign")

    assert list(first.values()) == [
        "PIPL Connection",
        6,
        1,
        0,
        0,
        0,
        *(4, 1, 0, 1),
        0,
        0,
        0,
        0,
    ]
    assert list(second.values()) == [
        "Two wordings",
        80,
        80,
        28,
        3,
        1,
        *(0, 52, 0, 0),
        0,
        28,
        0,
        0,
    ]


def test_question_at_which_local_hour_is_it_sent(asked):
    # Three days apart to the hour.
    assert answers(asked, "at_which_local_hour_is_it_sent") == [
        {
            "local_hour": asked[2].hour,
            "sent_count": 81,
            "unknown_count": 1,
            "replied_count": 0,
        }
    ]


def test_question_how_do_the_invites_of_each_week_fare(asked):
    found = answers(asked, "how_do_the_invites_of_each_week_fare")
    names = (
        "invited_count",
        "accepted_in_1_week_count",
        "messaged_count",
        "waiting_count",
        "reply_rate",
    )

    assert columns(
        [row for row in found if row["campaign_name"] == "Two wordings"], *names
    ) == [(80, 28, 3, 52, Decimal("0.0125"))]


def test_question_how_did_enrollments_end_and_why(asked):
    (found,) = answers(asked, "how_did_enrollments_end_and_why")

    assert (found["ended_as"], found["people_count"]) == ("completed", 28)
    assert found["ended_because"] is None


def test_question_who_replied_in_the_last_two_weeks(asked):
    (found,) = answers(asked, "who_replied_in_the_last_two_weeks")

    assert (found["campaign_name"], found["step_number"]) == ("Two wordings", 2)
    assert found["replied_at"] == asked[2] - 65 * HOUR
    assert found["is_first"]


def test_question_how_well_are_each_accounts_sends_proven(asked):
    found = answers(asked, "how_well_are_each_accounts_sends_proven")

    assert [
        (row["proof"], row["send_count"])
        for row in found
        if row["account_name"] == "Talha"
    ] == [("unproven", 52), ("proven", 28)]


def test_question_how_long_do_accepts_take_and_how_exactly_is_it_known(asked):
    question = "how_long_do_accepts_take_and_how_exactly_is_it_known"
    (found,) = answers(asked, question)

    assert (found["accepted_count"], found["median_days"]) == (28, 0)
    assert found["median_interval_hours"] is None


def test_the_command_asks_a_question_and_says_how_old_its_figures_are(
    asked, monkeypatch
):
    connection, _, _ = asked
    monkeypatch.setenv("PGDATABASE", connection.info.dbname)
    name = "what_is_each_variants_reply_rate"
    answered = invoke("mart", "question", name)
    assert answered.exit_code == 0, answered.output
    assert "Two wordings" in answered.output
    said = " ".join(answered.output.split())
    assert " UTC, the last build; the next is at 7 minutes past the hour" in said
    rows = json.loads(invoke("mart", "question", name, "--json").output)
    assert "Two wordings" in [row["campaign_name"] for row in rows]


def test_a_question_about_one_person_names_them(asked, monkeypatch):
    connection, _, _ = asked
    monkeypatch.setenv("PGDATABASE", connection.info.dbname)
    name = "why_has_this_prospect_not_been_messaged"
    ada = invoke("mart", "question", name, "--json")
    assert [row["campaign_name"] for row in json.loads(ada.output)] == [
        "PIPL Connection"
    ]
    profile = "linkedin.com/in/ada-lovelace"
    found = invoke("mart", "question", name, "--json", "--prospect", profile)
    assert found.output == ada.output
    unknown = invoke("mart", "question", name, "--prospect", "nobody")
    assert unknown.exit_code == 2
    assert "nobody" in unknown.output.splitlines()[0]
    shown = invoke("mart", "question", name, "--sql", "--prospect", profile).output
    assert re.search(r"workspace_id = \d+\s+and prospect_id = \d+", shown)


def test_marts_that_are_not_built_are_said_to_come(shared_database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", shared_database.name)
    asked = invoke("mart", "question", "who_is_over_which_limit")
    assert asked.exit_code == 1
    assert "The marts are not built yet." in asked.output


def test_the_questions_are_listed_with_what_they_answer(asked):
    _, questions, _ = asked
    listed = json.loads(invoke("mart", "question", "--json").output)
    assert {one["question"] for one in listed} == set(questions)
    assert all(one["answers"] for one in listed)
    unknown = invoke("mart", "question", "why")
    assert unknown.exit_code != 0


def metrics(connection, *arguments):
    """The rows of `trueup mart metric`, or what it refuses."""
    found = invoke("mart", "metric", *arguments, "--json")
    return json.loads(found.output) if found.exit_code == 0 else found.output


def test_metrics_say_what_the_weekly_marts_say(asked, monkeypatch):
    connection, _, _ = asked
    monkeypatch.setenv("PGDATABASE", connection.info.dbname)
    cohorts = connection.execute(
        "select campaign_name, sum(invited_count)::int, sum(accepted_count)::int,"
        " sum(messaged_count)::int, sum(replied_count)::int,"
        " (sum(accepted_count) / sum(invited_count))::float,"
        " (sum(replied_count) / sum(invited_count))::float"
        " from analytics.weekly_campaign_cohorts group by 1 order by 1"
    ).fetchall()
    names = ("invited", "accepted", "messaged", "replied")
    counts = [f"{name}_people" for name in names]
    found = metrics(
        connection, *counts, "accept_rate", "reply_rate", "--by", CAMPAIGN_NAME
    )
    assert cohorts
    assert [
        tuple(
            row[name] for name in (CAMPAIGN_NAME, *counts, "accept_rate", "reply_rate")
        )
        for row in found
        if row["invited_people"]
    ] == cohorts

    by_account = metrics(
        connection, "sends", "--by", "account__account_name", "--by", "send__action"
    )
    sent = connection.execute(
        "select account_name, action, count(*) from analytics.sends"
        " inner join analytics.accounts using (workspace_id, account_id)"
        " where outcome = 'sent' group by 1, 2 order by 1, 2"
    ).fetchall()
    assert sent
    assert [
        (row["account__account_name"], row["send__action"], row["sends"])
        for row in by_account
        if row["sends"]
    ] == sent

    by_week = metrics(connection, "sends", "--by", "metric_time__week")
    assert [
        (row["metric_time__week"], row["sends"]) for row in by_week if row["sends"]
    ] == connection.execute(
        "select week_starts_on::text, sum(sent_count)::int"
        " from analytics.weekly_account_facts where sent_count > 0"
        " group by 1 order by 1"
    ).fetchall()


def test_a_metric_is_listed_refused_and_shown_as_sql(asked, monkeypatch):
    connection, _, _ = asked
    monkeypatch.setenv("PGDATABASE", connection.info.dbname)
    listed = json.loads(invoke("mart", "metric", "--json").output)
    assert "accept_rate" in [one["metric"] for one in listed]
    assert "There is no metric nonsense." in metrics(connection, "nonsense")
    refused = " ".join(metrics(connection, "sends", "--by", "week").split())
    assert "sends cannot be grouped by week, but by account__account_name," in refused
    shown = invoke("mart", "metric", "sends", "--sql").output
    assert 'FROM "analytics"."sends"' in shown
