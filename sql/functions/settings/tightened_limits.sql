-- What a change of an account's limits slows down or stops: one row for each limit that
-- was removed, lowered or added, or whose gap is longer now. Call it after the change, in
-- its transaction. Without queued jobs it returns removed limits only.
-- was: the limits before, as outreach.account_setting() has them. was_left: what was left
-- of each, as outreach.left_of_limits() had it then. before, after: a limit in the form of
-- was; null for none. people_count, job_count, due_count: see
-- outreach.queued_by_action(); send_invite_with_note has those of all invites.
-- longer_count: how many of the due jobs the limits before allowed and do not allow with
-- this one as it is now; with several, the largest count is that of all together. With a
-- longer gap, all wait longer but one that may begin at once. needs_day_limit: without a
-- limit of the day the action is not done.
create or replace function outreach.tightened_limits(
    workspace_id bigint,
    account_id bigint,
    was jsonb,
    was_left jsonb,
    at timestamptz
)
returns table (
    action text,
    per text,
    before jsonb,
    after jsonb,
    people_count bigint,
    job_count bigint,
    due_count bigint,
    longer_count bigint,
    needs_day_limit boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    today constant date := outreach.account_local_date(
        tightened_limits.workspace_id, tightened_limits.account_id, tightened_limits.at
    );
    left_now constant jsonb := outreach.left_of_limits(
        tightened_limits.workspace_id, tightened_limits.account_id, tightened_limits.at
    );
begin
    return query
    with

    changes as (

        select
            named.*,
            was.stated as before,
            became.stated as after,
            became.limit_today < was.limit_today
            or became.limit_at_last < was.limit_at_last
            or became.growth < was.growth as is_lower,
            became.gap,
            became.gap > was.gap as has_longer_gap,
            -- An action that was not done cannot be done less.
            was.stated is null
            and (
                not outreach.needs_day_limit(named.job_action)
                or bool_or(was.per = 'day') over (partition by named.job_action)
            ) as is_added
        from outreach.limits_of_setting(tightened_limits.was, today) as was
        full join outreach.limits_of_setting(
            outreach.account_setting(
                tightened_limits.workspace_id, tightened_limits.account_id, 'limits'
            ),
            today
        ) as became
            on
                was.action = became.action
                and was.per = became.per
        cross join lateral (
            select
                coalesce(was.action, became.action) as action,
                coalesce(was.per, became.per) as per,
                replace(
                    coalesce(was.action, became.action), '_with_note', ''
                ) as job_action
        ) as named

    )

    select
        changes.action,
        changes.per,
        changes.before,
        changes.after,
        coalesce(queued.people_count, 0),
        coalesce(queued.job_count, 0),
        coalesce(queued.due_count, 0),
        case
            when changes.has_longer_gap and queued.due_count > 0
                then
                    queued.due_count - (
                        not exists (
                            select 1
                            from outreach.send_attempts as attempts
                            where
                                attempts.workspace_id = tightened_limits.workspace_id
                                and attempts.account_id = tightened_limits.account_id
                                and attempts.action = changes.job_action
                                and attempts.begun_at
                                > tightened_limits.at - changes.gap
                        )
                    )::integer
            else
                greatest(least(queued.due_count, allowed.left_count), 0)
                - greatest(
                    least(queued.due_count, allowed.left_count, own.left_count), 0
                )
        end,
        outreach.needs_day_limit(changes.action)
    from changes
    left join outreach.queued_by_action(
        tightened_limits.workspace_id, tightened_limits.account_id, tightened_limits.at
    ) as queued
        on changes.job_action = queued.action
    left join lateral (
        select (elements.element ->> 'left')::bigint as left_count
        from jsonb_array_elements(left_now) as elements (element)
        where
            elements.element ->> 'action' = changes.action
            and elements.element ->> 'per' = changes.per
    ) as own on true
    cross join lateral (
        select min((elements.element ->> 'left')::bigint) as left_count
        from jsonb_array_elements(tightened_limits.was_left) as elements (element)
        where elements.element ->> 'action' = changes.action
    ) as allowed
    where
        changes.after is null
        or (
            queued.job_count > 0
            and (changes.is_lower or changes.has_longer_gap or changes.is_added)
        )
    order by
        changes.after is not null,
        changes.action,
        changes.per;
end
$$;
