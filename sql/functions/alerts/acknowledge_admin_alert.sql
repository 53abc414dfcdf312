-- Notes that a person knows of an alert. It stays open until it is resolved. The first
-- acknowledgement counts. Raises no_data_found for an unknown alert. Returns whether the
-- alert was not acknowledged before.
create or replace function outreach.acknowledge_admin_alert(
    workspace_id bigint,
    alert_id bigint,
    actor text,
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
    set
        acknowledged_at = at,
        acknowledged_by = acknowledge_admin_alert.actor
    where
        alerts.workspace_id = acknowledge_admin_alert.workspace_id
        and alerts.alert_id = acknowledge_admin_alert.alert_id
        and alerts.acknowledged_at is null;

    if found then
        return true;
    end if;

    if not exists (
        select 1
        from outreach.linkedin_admin_alerts as alerts
        where
            alerts.workspace_id = acknowledge_admin_alert.workspace_id
            and alerts.alert_id = acknowledge_admin_alert.alert_id
    ) then
        raise exception 'workspace % has no alert %', workspace_id, alert_id
            using
                errcode = 'no_data_found',
                hint = 'See `trueup alert list`.';
    end if;

    return false;
end
$$;
