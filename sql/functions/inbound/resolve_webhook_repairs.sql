-- Resolves the alerts of repairs that are at least an hour old, after an audit found
-- nothing to repair. By then each alert was delivered, and its repair has held.
create or replace function outreach.resolve_webhook_repairs(
    provider_dsn text,
    as_of timestamptz default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    opened_before constant timestamptz := at - interval '1 hour';
begin
    update outreach.linkedin_admin_alerts as alerts
    set resolved_at = at
    where
        alerts.workspace_id = 0
        and alerts.code = 'webhook_repaired'
        and alerts.details ->> 'provider_dsn' = resolve_webhook_repairs.provider_dsn
        and alerts.resolved_at is null
        and alerts.opened_at <= opened_before;
end
$$;
