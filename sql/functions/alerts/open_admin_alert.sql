-- Opens an alert. If one with this code and subject is open, it only updates that row,
-- without a second delivery. workspace_id 0 is for alerts that concern no single
-- workspace. Returns the alert's id.
create or replace function outreach.open_admin_alert(
    workspace_id bigint,
    code text,
    subject text,
    message text,
    details jsonb default '{}',
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    opened_id bigint;
begin
    insert into outreach.linkedin_admin_alerts as alerts (
        workspace_id, code, subject, message, details, opened_at, last_seen_at
    )
    values (
        open_admin_alert.workspace_id, open_admin_alert.code, open_admin_alert.subject,
        open_admin_alert.message, open_admin_alert.details, at, at
    )
    on conflict (workspace_id, code, subject) where resolved_at is null do update
    set
        message = excluded.message,
        details = excluded.details,
        last_seen_at = greatest(alerts.last_seen_at, excluded.last_seen_at)
    returning alerts.alert_id into opened_id;

    return opened_id;
end
$$;
