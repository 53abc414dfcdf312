-- Alerts whose present state is not delivered: undelivered openings, changes and news,
-- and resolutions of delivered openings. An alert that is resolved before its opening is
-- delivered is left out, and so is news of more than a day ago. delivered_at is the time at which the delivered state was read, so that a
-- resolution during the delivery of its opening is still returned.
create or replace function outreach.undelivered_admin_alerts(
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
    change text,
    read_at timestamptz,
    workspace text
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
        case
            when alerts.is_news then 'news'
            when alerts.resolved_at is null then 'opened'
            else 'resolved'
        end,
        coalesce(undelivered_admin_alerts.as_of, clock_timestamp()),
        workspaces.name
    from outreach.linkedin_admin_alerts as alerts
    left join outreach.workspaces
        on alerts.workspace_id = workspaces.workspace_id
    where
        alerts.awaits_delivery
        and (
            not alerts.is_news
            or alerts.opened_at
            > coalesce(undelivered_admin_alerts.as_of, clock_timestamp())
            - interval '24 hours'
        )
    order by
        alerts.code,
        alerts.workspace_id,
        alerts.alert_id;
end
$$;
