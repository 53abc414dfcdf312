-- The sends that are expected from a moment until another, in their order, as they are
-- foreseen now: outreach.list_forecast() of the accounts that have a job due by then.
-- No rows and no forecast where more than most_jobs are due: then the mart is shown,
-- see outreach.console_can_forecast(). Security definer: the console reads it, without
-- rights to its tables.
create or replace function outreach.console_live_forecast(
    at timestamptz,
    until timestamptz,
    most_jobs integer
)
returns table (
    workspace_id bigint,
    campaign_id bigint,
    campaign text,
    account_id bigint,
    account text,
    prospect_id bigint,
    person text,
    step_id bigint,
    action text,
    expected_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one record;
    due_ids bigint [];
begin
    if not outreach.console_can_forecast(until, most_jobs) then
        return;
    end if;

    for one in
        select listed.workspace_id
        from outreach.workspaces as listed
        order by listed.workspace_id
    loop
        due_ids := array(
            select distinct jobs.account_id
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = one.workspace_id
                and jobs.status = 'queued'
                and jobs.enrollment_id is not null
                and jobs.run_at <= console_live_forecast.until
        );
        continue when due_ids = '{}';

        return query
        select
            one.workspace_id,
            acts.campaign_id,
            acts.campaign,
            acts.account_id,
            acts.account,
            acts.prospect_id,
            acts.person,
            acts.step_id,
            acts.action,
            acts.expected_at
        from outreach.list_forecast(
            one.workspace_id, due_ids, null, console_live_forecast.at,
            console_live_forecast.until
        ) as acts
        where
            acts.expected_at is not null
            and acts.action <> 'end_wait';
    end loop;
end
$$;

revoke execute on function outreach.console_live_forecast(
    timestamptz, timestamptz, integer
) from public;
grant execute on function outreach.console_live_forecast(
    timestamptz, timestamptz, integer
) to console;
