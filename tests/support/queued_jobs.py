"""Reads and changes of one account's queue, for the tests of the queue."""

import psycopg


def jobs(connection, workspace_id):
    return [
        row[0]
        for row in connection.execute(
            "select status from outreach.campaign_send_jobs"
            " where workspace_id = %s order by job_id",
            [workspace_id],
        )
    ]


def enrollment(connection, queue, column, index=0):
    return connection.execute(
        psycopg.sql.SQL(
            "select {} from outreach.campaign_prospects"
            " where workspace_id = %s and enrollment_id = %s"
        ).format(psycopg.sql.Identifier(column)),
        [queue.workspace_id, queue.enrollment_ids[index]],
    ).fetchone()[0]


def counter(connection, queue):
    return connection.execute(
        "select coalesce(sum(count), 0) from outreach.linkedin_daily_counters"
        " where workspace_id = %s",
        [queue.workspace_id],
    ).fetchone()[0]


def set_limit(connection, queue, per, limit_count, gap="0"):
    connection.execute(
        "insert into outreach.linkedin_account_limits values"
        " (%s, %s, 'send_invite', %s, %s, %s) on conflict"
        " (workspace_id, account_id, action, per) do update set"
        " limit_count = excluded.limit_count, minimum_gap = excluded.minimum_gap",
        [queue.workspace_id, queue.account_id, per, limit_count, gap],
    )
