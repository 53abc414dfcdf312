-- Whether so few jobs are due until a moment, at most most_jobs in all workspaces, that a
-- page may foresee their sends itself. Security definer: the console reads it, without
-- rights to its tables.
create or replace function outreach.console_can_forecast(
    until timestamptz,
    most_jobs integer
)
returns boolean
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one record;
    due_count bigint := 0;
begin
    for one in
        select listed.workspace_id
        from outreach.workspaces as listed
        order by listed.workspace_id
    loop
        due_count := due_count + (
            select count(*)
            from (
                select 1
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = one.workspace_id
                    and jobs.status = 'queued'
                    and jobs.run_at <= console_can_forecast.until
                limit console_can_forecast.most_jobs + 1
            ) as due
        );
        exit when due_count > console_can_forecast.most_jobs;
    end loop;

    return due_count <= console_can_forecast.most_jobs;
end
$$;

revoke execute on function outreach.console_can_forecast(timestamptz, integer)
from public;
grant execute on function outreach.console_can_forecast(timestamptz, integer)
to console;
