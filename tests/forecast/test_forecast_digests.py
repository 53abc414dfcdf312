"""Which forecasts hold: outreach.forecast_digests and outreach.forecast_lasts_until."""

import datetime as dt

import pytest

from tests.support.random_worlds import CHANGES, World, insert_worlds
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

HOUR = dt.timedelta(hours=1)
WORLDS = 10
DIGESTS = """
select found.account_id, found.digest
from unnest(%s::bigint[]) as worlds (id)
cross join lateral outreach.forecast_digests(id, %s) as found
"""
# Each account's forecast with the names that send_forecast has, and how long it lasts.
FORECASTS = """
with forecast as materialized (
    select found.*, id
    from unnest(%(ids)s::bigint[]) as worlds (id)
    cross join lateral outreach.send_forecast(
        id, %(at)s, account_ids => %(account_ids)s
    ) as found
)
select
    forecast.account_id,
    min(
        outreach.forecast_lasts_until(
            forecast.action, forecast.expected_at, forecast.latest_at,
            forecast.jobs_ahead_count, forecast.contact_at, jobs.run_at, %(at)s
        )
    ),
    jsonb_agg(
        to_jsonb(forecast) - 'id' || jsonb_build_object(
            'names', array[accounts.name, campaigns.name, prospects.first_name],
            'zone', outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                %(at)s
            )
        )
        order by forecast.enrollment_id
    )
from forecast
inner join outreach.campaign_prospects as enrollments
on enrollments.workspace_id = id
and enrollments.enrollment_id = forecast.enrollment_id
inner join outreach.campaigns
on campaigns.workspace_id = id and campaigns.campaign_id = enrollments.campaign_id
inner join outreach.prospects
on prospects.workspace_id = id and prospects.prospect_id = enrollments.prospect_id
inner join outreach.linkedin_accounts as accounts
on accounts.workspace_id = id and accounts.account_id = forecast.account_id
left join outreach.campaign_send_jobs as jobs
on jobs.workspace_id = id and jobs.job_id = forecast.job_id
group by forecast.account_id
"""
# Half of the accounts have nothing due and no limit that keeps a send until after the
# horizon, so that their forecasts may last.
LASTING = """
update outreach.campaign_send_jobs
set
    run_at = greatest(
        run_at, '2026-05-04 14:00Z'::timestamptz + job_id % 40 * interval '1 hour'
    ),
    action = case action when 'end_wait' then 'withdraw_invite' else action end
where account_id % 2 = 0 and status = 'queued';

update outreach.linkedin_account_limits
set
    limit_count = greatest(limit_count, case per when 'day' then 1 else 80 end),
    minimum_gap = least(minimum_gap, '5 hours')
where account_id % 2 = 0;

insert into outreach.linkedin_account_limits
select workspace_id, account_id, action, 'day', 2
from outreach.linkedin_accounts
cross join unnest(
    array['resolve_profile', 'send_invite', 'send_message', 'send_inmail', 'comment']
) as action
where account_id % 2 = 0
on conflict do nothing;

update outreach.linkedin_accounts
set paused_at = null, paused_by = null, paused_reason = null
where account_id % 2 = 0;

insert into outreach.reply_polls (workspace_id, account_id, read_until)
select workspace_id, account_id, 'infinity' from outreach.linkedin_accounts
where account_id % 2 = 0
on conflict (workspace_id, account_id) do update set read_until = excluded.read_until
"""
OF_EACH_ACCOUNT = (
    " from (select distinct on (account_id) * from outreach.campaign_send_jobs"
    " where workspace_id = any(%s) and status = 'queued'"
    " order by account_id, run_at desc) as chosen"
)
ATTEMPT = (
    "insert into outreach.send_attempts (workspace_id, job_id, enrollment_id,"
    " campaign_id, step_id, prospect_id, account_id, action, worker, begun_at,"
    " counted_on, provider_account_id, request_sha256, limit_per_day, minimum_gap,"
    " timezone, window_weekday, window_opens, window_closes)"
    " select workspace_id, job_id, enrollment_id + {other}, campaign_id, step_id, 1,"
    " account_id, action, 'w', '2026-05-04 12:30Z', '2026-05-04', 'acc', '0', 80, '0',"
    " 'UTC', 1, '00:00', '24:00'" + OF_EACH_ACCOUNT
)
EVENT = (
    "insert into outreach.campaign_events (workspace_id, enrollment_id, campaign_id,"
    " prospect_id, account_id, event_type, occurred_at, actor)"
    " select workspace_id, enrollment_id, campaign_id, prospect_id, account_id, '{}',"
    " now(), 'test' from outreach.campaign_prospects where workspace_id = any(%s)"
)
# What may change within an hour, beside outreach.random_worlds.CHANGES.
OTHER_CHANGES = {
    "nothing": "select %s",
    "a later time": "update outreach.campaign_send_jobs set run_at = run_at + interval"
    " '5 hours' where workspace_id = any(%s) and status = 'queued'",
    "a cancelled job": "update outreach.campaign_send_jobs as jobs set status ="
    " 'cancelled', run_at = null from (select job_id" + OF_EACH_ACCOUNT + ") as chosen"
    " where jobs.job_id = chosen.job_id",
    "an ended enrollment": "update outreach.campaign_prospects set linkedin_status ="
    " 'failed' where workspace_id = any(%s) and enrollment_id %% 3 = 0",
    "a send to another person": ATTEMPT.format(other="100000"),
    "a call of the same step": ATTEMPT.format(other="0"),
    "an attempt that proves unsent": "insert into outreach.send_attempt_outcomes"
    " (workspace_id, attempt_id, outcome, means, decided_by, recorded_at) select"
    " workspace_id, attempt_id, 'retry_safe', 'unsent', 'answer', '2026-05-04 12:30Z'"
    " from outreach.send_attempts where workspace_id = any(%s)",
    "a longer wait": "update outreach.campaign_steps set delay = '7 hours'"
    " where workspace_id = any(%s)",
    "a note": "insert into outreach.campaign_step_templates (workspace_id, step_id,"
    " variant, field, template, validation_stamp, validated_at) select workspace_id,"
    " step_id, 'A', 'note', 'Hi', 's', now() from outreach.campaign_steps"
    " where workspace_id = any(%s) and action = 'send_invite'",
    "an invite in another campaign": "update outreach.campaign_prospects"
    " set linkedin_status = 'completed', linkedin_invited_at = now()"
    " where workspace_id = any(%s) and enrollment_id %% 2 = 0",
    "a known connection": EVENT.format("already_connected"),
    "a cooled person": "insert into outreach.prospect_cooldowns (workspace_id,"
    " account_id, prospect_id, action, cooled_until, reason) select"
    " jobs.workspace_id, jobs.account_id, prospect_id, action, '2026-05-05 18:00Z',"
    " 'test' from outreach.campaign_send_jobs as jobs inner join"
    " outreach.campaign_prospects using (workspace_id, enrollment_id)"
    " where jobs.workspace_id = any(%s) on conflict do nothing",
    "another zone": "update outreach.linkedin_accounts set next_timezone ="
    " 'Asia/Tokyo', next_timezone_at = '2026-05-04 12:30Z'"
    " where workspace_id = any(%s)",
    "a limit that grows": "update outreach.linkedin_account_limits set goal_count ="
    " limit_count + 10, growth_per_day = 1, ramp_starts_on = '2026-05-04'"
    " where workspace_id = any(%s) and per = 'day' and limit_count > 0",
    "other names": "update outreach.prospects set first_name = 'Grace'"
    " where workspace_id = any(%s)",
    "another campaign's name": "update outreach.campaigns set name = name || ' B'"
    " where workspace_id = any(%s)",
    "another account's name": "update outreach.linkedin_accounts set name = 'B'"
    " where workspace_id = any(%s)",
}
# A look for replies is forecast a minute later, which most jobs start after.
MAY_CHANGE_NOTHING = {"nothing", "stop reading replies"}


@pytest.fixture(scope="module")
def worlds():
    return [World(seed) for seed in range(1, WORLDS + 1)]


@pytest.fixture
def ids(connection, worlds):
    insert_worlds(connection, worlds)
    connection.execute("set local session_replication_role = replica")
    connection.execute(LASTING)
    return [world.workspace_id for world in worlds]


def digests_of(connection, ids, at):
    return dict(connection.execute(DIGESTS, [ids, at]).fetchall())


def forecasts(connection, ids, at, account_ids=None):
    """(until when it lasts, rows) of each account, or of these."""
    rows = connection.execute(
        FORECASTS, {"ids": ids, "at": at, "account_ids": account_ids}
    ).fetchall()
    return {account_id: said for account_id, *said in rows}


def rows_of(forecast, account_id):
    return forecast.get(account_id, (None, []))[1]


class Build:
    """What a build at a moment forecasts, and what later ones keep of it."""

    def __init__(self, connection, ids, at=NOON):
        self.connection, self.ids = connection, ids
        self.digests = digests_of(connection, ids, at)
        self.forecasts = forecasts(connection, ids, at)

    def kept(self, at):
        """The accounts that a build at a later moment does not forecast again."""
        digests = digests_of(self.connection, self.ids, at)
        return [
            account_id
            for account_id, (lasts_until, _) in self.forecasts.items()
            if lasts_until > at and digests.get(account_id) == self.digests[account_id]
        ]

    def stale(self, at, account_ids):
        """Kept rows and those that would be made, of the accounts that differ."""
        made = forecasts(self.connection, self.ids, at, account_ids)
        return {
            account_id: (self.forecasts[account_id][1], rows_of(made, account_id))
            for account_id in account_ids
            if self.forecasts[account_id][1] != rows_of(made, account_id)
        }


def has_another_forecast(connection, ids, at, unchanged):
    """Whether a forecast is another now, asked of one workspace after another."""
    for workspace_id in ids:
        made = forecasts(connection, [workspace_id], at)
        if any(made.get(one) != said for one, said in unchanged[workspace_id].items()):
            return True
    return False


def test_a_forecast_that_is_kept_is_the_one_that_would_be_made(connection, ids):
    build = Build(connection, ids)
    counts = []
    for hours in (0.1, 1, 5, 23):
        at = NOON + hours * HOUR
        accounts = build.kept(at)
        assert build.stale(at, accounts) == {}
        counts.append(len(accounts))
    assert counts[0] >= counts[1] > counts[2] > 0


def test_what_changes_a_forecast_is_noticed(connection, ids):
    changes = OTHER_CHANGES | {
        name: statement.replace("= %s", "= any(%s)")
        for name, statement in CHANGES.items()
        if statement is not None
    }
    at = NOON + HOUR
    build = Build(connection, ids)
    unchanged = {one: forecasts(connection, [one], at) for one in ids}
    missed, idle = {}, set()
    for name, statement in changes.items():
        with connection.transaction(force_rollback=True):
            role = "origin" if name in CHANGES else "replica"
            connection.execute(f"set local session_replication_role = {role}")
            connection.execute(statement, [ids])
            if wrong := build.stale(at, build.kept(at)):
                missed[name] = wrong
            if not has_another_forecast(connection, ids, at, unchanged):
                idle.add(name)
    assert missed == {}
    assert idle <= MAY_CHANGE_NOTHING


class Writer:
    """An account that has sent messages, and may write to a person in five hours."""

    def __init__(self, connection, **account):
        self.connection = connection
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(connection, self.workspace_id, **account)
        campaign_id, (self.step_id,) = make_campaign(
            connection, self.workspace_id, ("send_message",)
        )
        make_enrollments(
            connection, self.workspace_id, self.account_id, campaign_id, self.step_id,
            run_at=NOON + 5 * HOUR,
        )  # fmt: skip
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            "update outreach.campaign_prospects set linkedin_status ="
            " 'ready_to_message', linkedin_accepted_at = '2026-05-01'"
            " where workspace_id = %s",
            [self.workspace_id],
        )

    def message(self, begun_at, counted_on):
        values = {
            "workspace_id": self.workspace_id, "account_id": self.account_id,
            "job_id": 0, "action": "send_message", "worker": "w", "begun_at": begun_at,
            "counted_on": counted_on, "provider_account_id": "acc",
            "request_sha256": "0", "is_found": True, "minimum_gap": "0",
            "timezone": "UTC", "answer_id": 1,
        }  # fmt: skip
        self.connection.execute(
            f"insert into outreach.send_attempts ({', '.join(values)})"
            f" values ({', '.join(f'%({name})s' for name in values)})",
            values,
        )
        self.connection.execute(
            "insert into outreach.linkedin_daily_counters values"
            " (%(workspace_id)s, %(account_id)s, 'send_message', %(counted_on)s, 1,"
            " %(begun_at)s) on conflict (workspace_id, account_id, action, counted_on)"
            " do update set count = linkedin_daily_counters.count + 1",
            values,
        )


def test_an_answer_that_is_found_to_be_older_than_the_newest_send_is_noticed(
    connection,
):
    writer = Writer(connection, limits=[("send_message", "day", 2)])
    writer.message(NOON - HOUR, NOON.date())
    build = Build(connection, [writer.workspace_id])
    at = NOON + HOUR
    assert build.kept(at) == [writer.account_id]

    writer.message(NOON - 2 * HOUR, NOON.date())

    assert build.kept(at) == []
    assert len(build.stale(at, [writer.account_id])) == 1


def test_a_gap_is_noticed_that_begins_before_the_sends_that_a_forecast_reads(
    connection,
):
    writer = Writer(connection, limits=[("send_message", "day", 2)])
    connection.execute(
        "update outreach.linkedin_account_limits set minimum_gap = '200 hours'"
        " where workspace_id = %s and action = 'send_message'",
        [writer.workspace_id],
    )
    writer.message(NOON - 167.5 * HOUR, dt.date(2026, 4, 27))
    build = Build(connection, [writer.workspace_id])

    assert build.kept(NOON + HOUR / 4) == [writer.account_id]
    assert build.kept(NOON + HOUR) == []
    assert len(build.stale(NOON + HOUR, [writer.account_id])) == 1


@pytest.mark.parametrize(
    "change",
    [
        "update outreach.campaign_steps set settings ="
        """ '{"weights": {"A": 1, "B": 1, "api_version_x": 2}}'""",
        "update outreach.linkedin_account_limits set minimum_gap = '1 mon'"
        " where action = 'send_message'",
    ],
)
def test_settings_that_only_hash_alike_are_told_apart(connection, change):
    writer = Writer(connection, limits=[("send_message", "day", 2)])
    connection.execute(
        "update outreach.campaign_steps set settings ="
        """ '{"weights": {"A": 1, "B": 1}, "api_version_x": 2}'"""
    )
    connection.execute(
        "update outreach.linkedin_account_limits set minimum_gap = '30 days'"
        " where action = 'send_message'"
    )
    before = digests_of(connection, [writer.workspace_id], NOON)

    connection.execute(change)

    after = digests_of(connection, [writer.workspace_id], NOON)
    assert before.keys() == after.keys()
    assert before != after


@pytest.mark.parametrize(
    "change",
    [
        "create or replace function outreach.exact_span(span interval) returns interval"
        " language sql immutable strict return span",
        "do $do$ begin execute replace(pg_get_functiondef("
        "'outreach.send_forecast'::regproc), '30 days', '29 days'); end $do$",
        "do $do$ begin execute 'create or replace view outreach.attempt_states as '"
        " || rtrim(pg_get_viewdef('outreach.attempt_states'::regclass), ';')"
        " || ' where true'; end $do$",
    ],
)
def test_no_forecast_lasts_longer_than_the_code_that_made_it(connection, change):
    digest = "select outreach.forecast_code_digest()"
    before = connection.execute(digest).fetchone()

    connection.execute(change)

    assert connection.execute(digest).fetchone() != before
