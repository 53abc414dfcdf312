-- What the page of one account shows beside its tile: its settings, and what waits on
-- it. Counts stop at 10,001, of which the page says "10,000+". Security definer: the
-- console reads it, without rights to its tables.
-- next_run_at: when the earliest of its queued jobs is due.
create or replace function outreach.console_account_details(
    in_workspace_id bigint,
    in_account_id bigint
)
returns table (
    windows_text text,
    account_type text,
    opened_on date,
    provider_account_id text,
    people_count bigint,
    job_count bigint,
    next_run_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        outreach.sending_windows_text(in_workspace_id, in_account_id),
        outreach.account_type(accounts.has_premium, accounts.premium_features),
        accounts.opened_on,
        linked.provider_account_id,
        (
            select count(*)
            from (
                select 1
                from outreach.campaign_prospects as enrollments
                where
                    enrollments.workspace_id = in_workspace_id
                    and enrollments.account_id = in_account_id
                    and outreach.is_under_way(enrollments.linkedin_status)
                limit 10001
            ) as people
        ),
        waiting.job_count,
        waiting.next_run_at
    from outreach.linkedin_accounts as accounts
    left join outreach.provider_accounts as linked
        on
            linked.workspace_id = in_workspace_id
            and linked.account_id = in_account_id
    cross join lateral (
        select
            count(*) as job_count,
            min(jobs.run_at) as next_run_at
        from (
            select queued.run_at
            from outreach.campaign_send_jobs as queued
            where
                queued.workspace_id = in_workspace_id
                and queued.account_id = in_account_id
                and queued.status = 'queued'
            order by queued.run_at
            limit 10001
        ) as jobs
    ) as waiting
    where
        accounts.workspace_id = in_workspace_id
        and accounts.account_id = in_account_id;
end
$$;

revoke execute on function outreach.console_account_details(bigint, bigint)
from public;
grant execute on function outreach.console_account_details(bigint, bigint) to console;
