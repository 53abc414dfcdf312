-- Closes the open alert with this code and subject, if there is one. The next opening
-- is a new row, with a delivery of its own. Returns whether one was open.
create or replace function outreach.resolve_admin_alert(
    workspace_id bigint,
    code text,
    subject text,
    as_of timestamptz default null
)
returns boolean
language sql
set search_path = pg_catalog, pg_temp
as $$
    with

    resolved as (

        update outreach.linkedin_admin_alerts as alerts
        set resolved_at = moment.now
        from (select coalesce($4, clock_timestamp()) as now) as moment
        where
            alerts.workspace_id = $1
            and alerts.code = $2
            and alerts.subject = $3
            and alerts.resolved_at is null
        returning alerts.alert_id

    )

    select exists (select 1 from resolved)
$$;
