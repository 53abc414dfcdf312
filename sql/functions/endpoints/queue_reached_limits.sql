-- Notes the limits that accounts of a workspace reached by attempts since the last call,
-- once for each account, action and period, and queues them as limit.reached. Does
-- nothing where no endpoint wants that. Which limit holds the next attempt is asked of
-- outreach.spent_limits(), as of the newest attempt of each of the account's days: of
-- several limits it is the one that lifts last. Returns the number of new ones.
-- Attempts of the last minute are looked at again, because they may be committed late.
-- Security definer: no role may write reached limits or move limits_read_until.
create or replace function outreach.queue_reached_limits(
    workspace_id bigint,
    as_of timestamptz default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    read_since timestamptz;
    newest record;
    found_limit record;
    noted outreach.reached_limits;
    new_count bigint := 0;
begin
    select min(endpoints.limits_read_until)
    into read_since
    from outreach.endpoints
    where
        endpoints.workspace_id = queue_reached_limits.workspace_id
        and endpoints.removed_at is null
        and 'limit.reached' = any(endpoints.event_types);

    if read_since is null then
        return 0;
    end if;

    for newest in
        select
            limited.account_id,
            limited.action,
            attempts.begun_at,
            attempts.counted_on
        from (
            select distinct
                limits.account_id,
                limits.action
            from outreach.linkedin_account_limits as limits
            where limits.workspace_id = queue_reached_limits.workspace_id
        ) as limited
        cross join lateral (
            select distinct on (sent.counted_on)
                sent.begun_at,
                sent.counted_on
            from outreach.send_attempts as sent
            where
                sent.workspace_id = queue_reached_limits.workspace_id
                and sent.account_id = limited.account_id
                and sent.action = case
                    when limited.action = 'send_invite_with_note' then 'send_invite'
                    else limited.action
                end
                and (sent.has_note or limited.action <> 'send_invite_with_note')
                and sent.begun_at > read_since
            order by sent.counted_on, sent.begun_at desc
        ) as attempts
        order by limited.account_id, limited.action, attempts.begun_at
    loop
        select
            lifting.*,
            limits.*
        into found_limit
        from outreach.spent_limits(
            queue_reached_limits.workspace_id, array[newest.account_id],
            array[newest.action], newest.begun_at
        ) as limits
        cross join lateral outreach.limit_that_lifts_last(
            queue_reached_limits.workspace_id, limits, newest.begun_at, true
        ) as lifting;

        continue when coalesce(found_limit.name, '') not in (
                'day_limit', 'week_limit', 'month_limit', 'outstanding_limit'
            );

        noted.per := replace(found_limit.name, '_limit', '');
        noted.period_starts_on := case noted.per
            when 'day' then newest.counted_on
            when 'month' then date_trunc('month', newest.counted_on::timestamp)
            else date_trunc('week', newest.counted_on::timestamp)
        end;
        noted.limit_count := case noted.per
            when 'day' then found_limit.per_day
            when 'week' then found_limit.per_week
            when 'month' then found_limit.per_month
            else found_limit.outstanding
        end;

        -- As values: a cluster cannot tell what became of a query's rows.
        insert into outreach.reached_limits as reached (
            workspace_id, account_id, action, per, period_starts_on, limit_count,
            reached_at, lifts_at
        )
        values (
            queue_reached_limits.workspace_id,
            newest.account_id, newest.action, noted.per, noted.period_starts_on,
            noted.limit_count, newest.begun_at, found_limit.lifts_at
        )
        on conflict do nothing
        returning reached.* into noted;

        continue when not found;

        new_count := new_count + 1;

        perform outreach.queue_endpoint_event(
            noted.workspace_id, 'limit.reached',
            format(
                'reached_limits/%s/%s/%s/%s',
                noted.account_id, noted.action, noted.per, noted.period_starts_on
            ),
            noted.reached_at,
            outreach.account_event_data(noted.workspace_id, noted.account_id)
            || jsonb_build_object(
                'action', noted.action,
                'per', noted.per,
                'limit', noted.limit_count,
                'lifts_at', noted.lifts_at
            ),
            at
        );
    end loop;

    update outreach.endpoints as endpoints
    set limits_read_until = at - interval '1 minute'
    where
        endpoints.workspace_id = queue_reached_limits.workspace_id
        and endpoints.removed_at is null
        and endpoints.limits_read_until < at - interval '1 minute';

    return new_count;
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.queue_reached_limits(bigint, timestamptz) from public;
grant execute on function outreach.queue_reached_limits(bigint, timestamptz) to operator;
