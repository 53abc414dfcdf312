-- What holds back an account's action at a moment, if anything does, and until when:
-- the first of account_held, outside_window and a limit. Of the limits that hold, the
-- one that lifts last is named; a limit that no clock lifts is the last of all.
-- One row for each distinct pair of the two arrays, with the window and the limits that
-- it is judged by. The trigger on send_attempts asks the same function again.
-- tells_when: whether lifts_at is wanted; without it, any limit that holds is named.
create or replace function outreach.action_gates(
    workspace_id bigint,
    account_ids bigint [],
    actions text [],
    at timestamptz,
    tells_when boolean default true
)
returns table (
    account_id bigint,
    action text,
    blocker text,
    lifts_at timestamptz,
    is_busy boolean,
    reached_limit text,
    timezone text,
    weekday smallint,
    opens time,
    closes time,
    counted_on date,
    per_day integer,
    per_week integer,
    outstanding integer,
    minimum_gap interval
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        spent.account_id,
        spent.action,
        case
            when holds.held_until is not null then 'account_held'
            when spent.timezone is null then 'outside_window'
            else reached.blocker
        end,
        case
            when not tells_when then null
            when holds.held_until is not null then holds.held_until
            when spent.timezone is null then openings.opens_at
            else reached.lifts_at
        end,
        exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = action_gates.workspace_id
                and jobs.account_id = spent.account_id
                and jobs.status in ('claimed', 'sending')
                and jobs.lease_expires_at >= coalesce(
                    (
                        select watermarks.watermark_at
                        from outreach.send_queue_watermarks as watermarks
                        where
                            watermarks.workspace_id = action_gates.workspace_id
                            and watermarks.account_id = spent.account_id
                            and watermarks.list = 'leased'
                    ),
                    '-infinity'
                )
        ),
        reached.blocker,
        spent.timezone,
        spent.weekday,
        spent.opens,
        spent.closes,
        spent.counted_on,
        spent.per_day,
        spent.per_week,
        spent.outstanding,
        spent.minimum_gap
    from outreach.spent_limits(
        action_gates.workspace_id, account_ids, actions, action_gates.at
    ) as spent
    left join lateral (
        select held.held_until
        from outreach.linkedin_account_holds as held
        where
            held.workspace_id = action_gates.workspace_id
            and held.account_id = spent.account_id
            and held.action = spent.action
            and held.held_until > action_gates.at
        offset 0
    ) as holds on true
    left join lateral (
        select
            account_openings.opens_at,
            account_openings.opens_tomorrow_at
        from outreach.account_openings(
            action_gates.workspace_id, spent.account_id, action_gates.at
        )
        where
            tells_when
            and (spent.timezone is null or spent.per_day <= spent.spent_on_day)
    ) as openings on true
    left join lateral (
        select
            limits.blocker,
            limits.lifts_at
        from (
            values
            (1, 'no_limit_set', spent.per_day is null, null),
            (
                2, 'day_limit', spent.per_day <= spent.spent_on_day,
                case when spent.per_day > 0 then openings.opens_tomorrow_at end
            ),
            (
                3, 'week_limit',
                spent.per_week = 0 or spent.week_filled_by_begun_at is not null,
                spent.week_filled_by_begun_at + interval '168 hours'
            ),
            (
                4, 'outstanding_limit',
                spent.outstanding <= spent.outstanding_count, null
            ),
            (
                5, 'minimum_gap',
                spent.minimum_gap > '0'
                and spent.newest_begun_at + spent.minimum_gap > action_gates.at,
                spent.newest_begun_at + spent.minimum_gap
            )
        ) as limits (place, blocker, is_reached, lifts_at)
        where spent.is_limited and limits.is_reached
        order by
            limits.lifts_at desc nulls first,
            limits.place
        limit 1
    ) as reached on true;
end
$$;
