-- Alerts whose present state nobody was told: openings never delivered, and resolutions
-- of openings that were. One resolved before its opening went out is not worth a word.
-- delivered_at is the moment as of which the state last delivered was true, so that a
-- resolution made while its opening was being delivered is still owed.
create or replace function outreach.admin_alerts_to_tell(
    as_of timestamptz default null
)
returns table (
    workspace_id bigint,
    alert_id bigint,
    code text,
    subject text,
    message text,
    what_to_do text,
    failing_rows text,
    news text,
    read_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        alerts.workspace_id,
        alerts.alert_id,
        alerts.code,
        alerts.subject,
        alerts.message,
        alerts.details ->> 'what_to_do',
        alerts.details ->> 'failing_rows',
        case when alerts.resolved_at is null then 'opened' else 'resolved' end,
        coalesce(admin_alerts_to_tell.as_of, clock_timestamp())
    from outreach.linkedin_admin_alerts as alerts
    where
        (alerts.resolved_at is null and alerts.delivered_at is null)
        or alerts.delivered_at < alerts.resolved_at
    order by
        alerts.code,
        alerts.workspace_id,
        alerts.alert_id;
end
$$;
