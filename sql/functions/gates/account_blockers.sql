-- Why each active enrollment of some accounts has not been sent yet, and when that lifts:
-- the verdict on it, and where nothing holds it back, whether it is its turn. An account
-- sends the oldest job that a claim takes first, one at a time.
create or replace function outreach.account_blockers(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (
    enrollment_id bigint,
    job_id bigint,
    job_status text,
    blocker text,
    lifts_at timestamptz,
    jobs_ahead_count bigint,
    is_next boolean
)
language plpgsql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    active_ids constant bigint [] := array(
        select enrollments.enrollment_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = account_blockers.workspace_id
            and outreach.is_under_way(enrollments.linkedin_status)
            and enrollments.account_id = any(account_blockers.account_ids)
    );
begin
    return query
    select
        in_turn.enrollment_id,
        in_turn.job_id,
        in_turn.job_status,
        case
            when in_turn.blocker is not null then in_turn.blocker
            when in_turn.is_next then 'due_now'
            else 'behind_others'
        end,
        case
            when in_turn.blocker is null and in_turn.is_next then account_blockers.at
            else in_turn.lifts_at
        end,
        case when in_turn.blocker is null then in_turn.jobs_ahead_count end,
        in_turn.is_next
    from (
        select
            queued_up.*,
            queued_up.is_claimable
            and queued_up.jobs_ahead_count = 0
            and not queued_up.is_account_busy as is_next
        from (
            select
                verdicts.*,
                count(*) filter (where verdicts.is_claimable) over (
                    partition by verdicts.account_id
                    order by verdicts.run_at, verdicts.job_id
                    rows between unbounded preceding and 1 preceding
                ) as jobs_ahead_count
            from outreach.send_verdicts(
                account_blockers.workspace_id,
                active_ids,
                account_blockers.at
            ) as verdicts
        ) as queued_up
    ) as in_turn;
end
$$;
