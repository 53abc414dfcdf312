-- Resolves the alerts about jobs that are no longer stuck: a job that could not begin
-- and does not wait any more, or whose answer took effect or was decided by a read or a
-- person. Also resolves the alerts about accounts whose claims raised an error, after
-- ten minutes without the error; each such claim updates its alert. Returns the number
-- of resolved alerts.
create or replace function outreach.resolve_job_alerts(
    as_of timestamptz default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    seen_before constant timestamptz := at - interval '10 minutes';
    gone_on record;
    closed_count integer := 0;
begin
    for gone_on in
        select
            alerts.workspace_id,
            alerts.code,
            alerts.subject
        from outreach.linkedin_admin_alerts as alerts
        inner join outreach.campaign_send_jobs as jobs
            on
                alerts.workspace_id = jobs.workspace_id
                and substring(alerts.subject from '^job (\d+)$')::bigint = jobs.job_id
        where
            alerts.resolved_at is null
            and case alerts.code
                when 'job_cannot_begin' then jobs.status not in ('queued', 'claimed')
                when 'answer_not_settled' then jobs.status not in ('sending', 'unknown')
            end

        union all

        select
            alerts.workspace_id,
            alerts.code,
            alerts.subject
        from outreach.linkedin_admin_alerts as alerts
        where
            alerts.resolved_at is null
            and alerts.code = 'account_cannot_be_judged'
            and alerts.last_seen_at < seen_before
    loop
        closed_count := closed_count + outreach.resolve_admin_alert(
            gone_on.workspace_id, gone_on.code, gone_on.subject, at
        )::integer;
    end loop;

    return closed_count;
end
$$;
