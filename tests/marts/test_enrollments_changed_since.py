"""outreach.enrollments_changed_since: what a refresh has to compute again."""

import datetime as dt

from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

HOUR = dt.timedelta(hours=1)


def changed_since(connection, workspace_id, since):
    return {
        row[0]
        for row in connection.execute(
            "select enrollment_id from outreach.enrollments_changed_since(%s, %s)",
            [workspace_id, since],
        )
    }


def insert_event(connection, workspace_id, enrollment_id, recorded_at):
    connection.execute(
        "insert into outreach.campaign_events (workspace_id, enrollment_id,"
        " campaign_id, prospect_id, account_id, event_type, occurred_at, recorded_at,"
        " actor) select workspace_id, enrollment_id, campaign_id, prospect_id,"
        " account_id, 'rescheduled', %s, %s, 'test' from outreach.campaign_prospects"
        " where workspace_id = %s and enrollment_id = %s",
        [recorded_at - 90 * 24 * HOUR, recorded_at, workspace_id, enrollment_id],
    )


def test_a_mark_of_a_read_reply_changes_the_persons_enrollment(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    read, _ = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, 2, run_at=None
    )
    since = connection.execute("select clock_timestamp()").fetchone()[0] + HOUR
    connection.execute(
        "with told as (insert into outreach.linkedin_events (workspace_id, account_id,"
        " event_type, received_at, received_via, dedupe_key, provider_id, payload)"
        " select %(workspace)s, %(account)s, 'message_received', %(at)s, 'poll', 'm1',"
        " prospects.provider_id, '{}' from outreach.prospects"
        " inner join outreach.campaign_prospects using (workspace_id, prospect_id)"
        " where enrollment_id = %(read)s returning *)"
        " insert into outreach.reply_reads (workspace_id, account_id, person,"
        " read_to_event_id, actor, marked_at)"
        " select workspace_id, account_id, provider_id, event_id, 'me', %(at)s"
        " from told",
        {
            "workspace": workspace_id,
            "account": account_id,
            "read": read,
            "at": since + HOUR,
        },
    )

    assert changed_since(connection, workspace_id, since) == {read}


def test_what_was_recorded_since_counts_and_not_when_it_happened(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    early, late, credited, quiet = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, 4, run_at=None
    )
    since = connection.execute("select clock_timestamp()").fetchone()[0] + HOUR
    insert_event(connection, workspace_id, early, since - HOUR)
    insert_event(connection, workspace_id, late, since + HOUR)
    connection.execute(
        "insert into outreach.accept_credits (workspace_id, account_id, person,"
        " enrollment_id, invite_event_id, is_credited, accepted_before, accepted_at,"
        " signals, actor, decided_at)"
        " values (%s, %s, 'ada', %s, 1, true, %s, %s, array['relation'], 'test', %s)",
        [workspace_id, account_id, credited, NOON, NOON, since + HOUR],
    )

    assert changed_since(connection, workspace_id, since) == {late, credited}
    assert changed_since(connection, workspace_id, since + 2 * HOUR) == set()
    assert {early, late, credited} <= changed_since(connection, workspace_id, NOON)
    assert quiet not in changed_since(connection, workspace_id, since)
