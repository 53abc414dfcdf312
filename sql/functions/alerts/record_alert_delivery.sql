-- Records one attempt to deliver alerts (pairs of workspace and alert ids). If it
-- succeeded, the state that was read at read_at counts as delivered.
create or replace function outreach.record_alert_delivery(
    workspace_ids bigint [],
    alert_ids bigint [],
    read_at timestamptz,
    is_delivered boolean,
    error text default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    update outreach.linkedin_admin_alerts as alerts
    set
        delivery_attempts = alerts.delivery_attempts + 1,
        delivered_at = case
            when record_alert_delivery.is_delivered then record_alert_delivery.read_at
            else alerts.delivered_at
        end,
        last_delivery_error = record_alert_delivery.error
    from unnest(
        record_alert_delivery.workspace_ids, record_alert_delivery.alert_ids
    ) as tried (workspace_id, alert_id)
    where
        alerts.workspace_id = tried.workspace_id
        and alerts.alert_id = tried.alert_id;
end
$$;
