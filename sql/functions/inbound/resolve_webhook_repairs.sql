-- Closes the alerts of repairs an hour old or older, once an audit found nothing left
-- to repair: by then each was told, and what it was about holds.
create or replace function outreach.resolve_webhook_repairs(
    provider_dsn text,
    as_of timestamptz default null
)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    update outreach.linkedin_admin_alerts as alerts
    set resolved_at = clock.at
    from (select coalesce($2, clock_timestamp()) as at) as clock
    where
        alerts.workspace_id = 0
        and alerts.code = 'webhook_repaired'
        and alerts.details ->> 'provider_dsn' = $1
        and alerts.resolved_at is null
        and alerts.opened_at <= clock.at - interval '1 hour'
$$;
