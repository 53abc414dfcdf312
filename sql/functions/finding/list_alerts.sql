-- The alerts of a workspace or of all, the newest first. Workspace 0 has the alerts
-- that concern no single workspace. with_resolved: resolved ones and news as well.
create or replace function outreach.list_alerts(
    in_workspace_id bigint,
    with_resolved boolean
)
returns table (
    workspace_id bigint,
    alert_id bigint,
    code text,
    subject text,
    message text,
    what_to_do text,
    opened_at timestamptz,
    last_seen_at timestamptz,
    resolved_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    workspace text
)
language plpgsql
stable
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
        alerts.opened_at,
        alerts.last_seen_at,
        alerts.resolved_at,
        alerts.acknowledged_at,
        alerts.acknowledged_by,
        workspaces.name
    from outreach.linkedin_admin_alerts as alerts
    left join outreach.workspaces
        on alerts.workspace_id = workspaces.workspace_id
    where
        (in_workspace_id is null or alerts.workspace_id = in_workspace_id)
        and (with_resolved or alerts.resolved_at is null)
    order by alerts.opened_at desc, alerts.alert_id desc;
end
$$;
