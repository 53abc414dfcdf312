-- What a changed time zone means for the queued jobs of an account: their times stay, and
-- those outside its sending windows in that zone wait for the next one. No row without a
-- queued job. At most 10,001 jobs are counted.
-- applies_at: from when on the account lives in the zone; an earlier job is not outside.
create or replace function outreach.jobs_of_timezone(
    workspace_id bigint,
    account_id bigint,
    timezone text,
    applies_at timestamptz
)
returns table (
    people_count bigint,
    job_count bigint,
    outside_count bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        count(distinct waiting.person),
        count(*),
        count(*) filter (
            where
            waiting.run_at >= jobs_of_timezone.applies_at
            and not exists (
                select 1
                from outreach.linkedin_account_sending_windows as windows
                where
                    windows.workspace_id = jobs_of_timezone.workspace_id
                    and windows.account_id = jobs_of_timezone.account_id
                    and outreach.is_inside_window(
                        waiting.run_at at time zone jobs_of_timezone.timezone,
                        windows.weekday, windows.opens, windows.closes
                    )
            )
        )
    from outreach.queued_jobs_of_account(
        jobs_of_timezone.workspace_id, jobs_of_timezone.account_id
    ) as waiting
    having count(*) > 0;
end
$$;
