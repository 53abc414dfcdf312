-- Resolves the open alert with this code and subject. The next opening is a new row
-- with its own delivery. Returns whether an alert was open.
create or replace function outreach.resolve_admin_alert(
    workspace_id bigint,
    code text,
    subject text,
    as_of timestamptz default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    update outreach.linkedin_admin_alerts as alerts
    set resolved_at = at
    where
        alerts.workspace_id = resolve_admin_alert.workspace_id
        and alerts.code = resolve_admin_alert.code
        and alerts.subject = resolve_admin_alert.subject
        and alerts.resolved_at is null;

    return found;
end
$$;
