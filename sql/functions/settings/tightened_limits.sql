-- What a change of an account's limits slows down or stops: one row for each limit that
-- was removed, lowered or added, or whose gap is longer now. Call it after the change, in
-- its transaction. Without queued jobs it returns removed limits only.
-- was: the limits before, as outreach.account_setting() has them. before, after: a limit
-- in this form; null for none. people_count, job_count, due_count: see
-- outreach.queued_by_action(); send_invite_with_note has those of all invites.
-- longer_count: how many of the due jobs this limit allowed at that moment and does not
-- allow any more, while the other limits do. needs_day_limit: without a limit of the day
-- the action is not done.
create or replace function outreach.tightened_limits(
    workspace_id bigint,
    account_id bigint,
    was jsonb,
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
begin
    return query
    with

    changes as (

        select
            named.*,
            was.stated as before,
            became.stated as after,
            was.limit_today,
            became.limit_today < was.limit_today
            or became.limit_at_last < was.limit_at_last
            or became.growth < was.growth as is_lower,
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

    ),

    allowances as materialized (

        select
            known.action,
            known.per,
            known.spent,
            known.limit_today - known.spent as left_count
        from outreach.account_allowances(
            tightened_limits.workspace_id, tightened_limits.account_id,
            tightened_limits.at
        ) as known

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
            when changes.has_longer_gap then queued.due_count
            else
                greatest(
                    least(
                        queued.due_count, others.left_count,
                        changes.limit_today - own.spent
                    ),
                    0
                ) - greatest(
                    least(queued.due_count, others.left_count, own.left_count), 0
                )
        end,
        outreach.needs_day_limit(changes.action)
    from changes
    left join outreach.queued_by_action(
        tightened_limits.workspace_id, tightened_limits.account_id, tightened_limits.at
    ) as queued
        on changes.job_action = queued.action
    left join allowances as own
        on
            changes.action = own.action
            and changes.per = own.per
    cross join lateral (
        select min(allowances.left_count) as left_count
        from allowances
        where
            allowances.action = changes.action
            and allowances.per <> changes.per
    ) as others
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
