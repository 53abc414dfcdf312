-- A number for each account of a workspace with active enrollments, which changes with
-- everything that outreach.send_forecast reads for the account: its people, their jobs
-- and campaigns (outreach.digests_of_people), its limits, windows and holds
-- (outreach.digests_of_settings), its own row, what it has begun, and whether its replies
-- are read. A forecast with the same number is not computed again
-- until outreach.forecast_lasts_until.
-- What was spent of limits is told from the newest attempt of each action, because an
-- attempt is appended when it begins, or for a job that changes too; from the newest
-- daily counter, which an answer changes that is found to have been written earlier; and
-- from the attempts that are known unsent.
-- A clock that enters the number: the zone that applies at as_of, whether the newest
-- attempt is among those that a forecast reads (outreach.spent_before), and the moment
-- itself while replies are not read.
create or replace function outreach.forecast_digests(
    workspace_id bigint,
    as_of timestamptz
)
returns table (account_id bigint, digest bigint)
language plpgsql
stable
rows 100
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    people record;
begin
    select
        array_agg(active.account_id) as account_ids,
        array_agg(active.digest) as digests
    into people
    from outreach.digests_of_people(forecast_digests.workspace_id) as active;

    return query
    select
        accounts.account_id,
        hash_record_extended(
            row(
                asked.digest,
                accounts.name, accounts.status, accounts.product_states::text,
                accounts.paused_at is not null, accounts.timezone,
                accounts.next_timezone, accounts.next_timezone_at,
                outreach.account_timezone(
                    accounts.timezone, accounts.next_timezone,
                    accounts.next_timezone_at, forecast_digests.as_of
                ),
                linked.provider_account_id, settings.digest, begun.digest,
                unsent.digest, invites.invite_count, unread.blocker, unread.lifts_at
            ), 0
        )
    from unnest(people.account_ids, people.digests) as asked (account_id, digest)
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = forecast_digests.workspace_id
            and asked.account_id = accounts.account_id
    left join outreach.provider_accounts as linked
        on
            linked.workspace_id = forecast_digests.workspace_id
            and asked.account_id = linked.account_id
    left join outreach.digests_of_settings(
        forecast_digests.workspace_id
    ) as settings
        on asked.account_id = settings.account_id
    cross join lateral (
        select
            sum(
                hash_record_extended(
                    row(
                        actions.action, newest.begun_at,
                        newest.begun_at > forecast_digests.as_of - interval '168 hours',
                        newest.begun_at > forecast_digests.as_of - interval '33 days',
                        counters.counted_on, counters.count
                    ), 0
                )
            ) as digest
        from unnest(outreach.simulated_actions()) as actions (action)
        cross join lateral (
            select attempts.begun_at
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = forecast_digests.workspace_id
                and attempts.account_id = asked.account_id
                and attempts.action = actions.action
                and attempts.begun_at <= forecast_digests.as_of
            order by attempts.begun_at desc
            limit 1
        ) as newest
        left join lateral (
            select
                daily.counted_on,
                daily.count
            from outreach.linkedin_daily_counters as daily
            where
                daily.workspace_id = forecast_digests.workspace_id
                and daily.account_id = asked.account_id
                and daily.action = actions.action
            order by daily.counted_on desc
            limit 1
        ) as counters on true
    ) as begun
    left join (
        select
            attempts.account_id,
            sum(hashint8extended(attempts.attempt_id, 0)) as digest
        from outreach.unsent_attempts(
            forecast_digests.workspace_id, forecast_digests.as_of - interval '33 days'
        ) as known (attempt_id)
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = forecast_digests.workspace_id
                and known.attempt_id = attempts.attempt_id
        group by attempts.account_id
    ) as unsent
        on asked.account_id = unsent.account_id
    left join outreach.outstanding_invite_counts(
        forecast_digests.workspace_id, people.account_ids, only_limited => true
    ) as invites
        on asked.account_id = invites.account_id
    left join outreach.simulated_reading(
        forecast_digests.workspace_id, people.account_ids, forecast_digests.as_of
    ) as unread
        on asked.account_id = unread.account_id;
end
$$;
