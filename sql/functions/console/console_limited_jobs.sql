-- The queued jobs of an account that limits of some actions hold, and their people, one
-- row for each action; send_invite_with_note has those of all invites. Counts stop at
-- 10,001, of which the page says "10,000+". needs_day_limit: without a limit of the day
-- the action is not done. Security definer: the console reads it, without rights to its
-- tables.
create or replace function outreach.console_limited_jobs(
    in_workspace_id bigint,
    in_account_id bigint,
    actions text []
)
returns table (
    action text,
    people_count bigint,
    job_count bigint,
    needs_day_limit boolean
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    waiting as materialized (

        select
            outreach.limited_action(jobs.action) as action,
            coalesce(enrollments.prospect_id, -jobs.answer_id) as person
        from outreach.campaign_send_jobs as jobs
        left join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = in_workspace_id
                and jobs.enrollment_id = enrollments.enrollment_id
        where
            jobs.workspace_id = in_workspace_id
            and jobs.account_id = in_account_id
            and jobs.status = 'queued'
        limit 10001

    )

    select
        asked.action,
        count(distinct waiting.person),
        count(waiting.action),
        (
            outreach.are_limits_reached(
                asked.action, null, 0, null, false, null, 0, null, 0, null, null, now()
            )
        )[1]
    from (
        select distinct named.action
        from unnest(console_limited_jobs.actions) as named (action)
    ) as asked
    left join waiting
        on replace(asked.action, '_with_note', '') = waiting.action
    group by asked.action;
end
$$;

revoke execute on function outreach.console_limited_jobs(
    bigint, bigint, text []
) from public;
grant execute on function outreach.console_limited_jobs(
    bigint, bigint, text []
) to console;
