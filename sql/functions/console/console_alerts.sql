-- A page of the open alerts, those that nobody acknowledged first, then the newest,
-- after a given one: before_* are its values, null for the first page. workspace is
-- null for what concerns no single workspace. Security definer: the console reads it,
-- without rights to its tables.
create or replace function outreach.console_alerts(
    before_is_new boolean,
    before_opened_at timestamptz,
    before_alert_id bigint,
    most_rows integer
)
returns table (
    workspace_id bigint,
    workspace text,
    alert_id bigint,
    code text,
    subject text,
    message text,
    what_to_do text,
    opened_at timestamptz,
    last_seen_at timestamptz,
    is_new boolean,
    acknowledged_at timestamptz,
    acknowledged_by text
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
        alerts.workspace_id,
        workspaces.name,
        alerts.alert_id,
        alerts.code,
        alerts.subject,
        alerts.message,
        alerts.what_to_do,
        alerts.opened_at,
        alerts.last_seen_at,
        alerts.acknowledged_at is null,
        alerts.acknowledged_at,
        alerts.acknowledged_by
    from outreach.list_alerts(null, false) as alerts
    left join outreach.workspaces
        on alerts.workspace_id = workspaces.workspace_id
    where
        before_alert_id is null
        or (alerts.acknowledged_at is null, alerts.opened_at, alerts.alert_id)
        < (before_is_new, before_opened_at, before_alert_id)
    order by
        alerts.acknowledged_at is null desc,
        alerts.opened_at desc,
        alerts.alert_id desc
    limit most_rows;
end
$$;

revoke execute on function outreach.console_alerts(
    boolean, timestamptz, bigint, integer
) from public;
grant execute on function outreach.console_alerts(
    boolean, timestamptz, bigint, integer
) to console;
