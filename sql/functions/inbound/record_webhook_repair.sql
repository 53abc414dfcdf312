-- Records a change, or an attempted change, of a subscription by the audit, and opens
-- an alert: the subscription was missing, so its events arrived only by polls. The
-- first audit of a provider is a registration, not a repair. Returns the repair's id.
create or replace function outreach.record_webhook_repair(
    provider_dsn text,
    request_url text,
    read_id bigint,
    repair text,
    webhook_id text,
    wanted_event text,
    reason text,
    answer text,
    actor text,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := coalesce(as_of, clock_timestamp());
    made bigint;
begin
    insert into outreach.webhook_repairs (
        provider_dsn, request_url, read_id, repair, webhook_id, wanted_event, reason,
        is_done, answer, actor, repaired_at
    )
    values (
        record_webhook_repair.provider_dsn, record_webhook_repair.request_url,
        record_webhook_repair.read_id, record_webhook_repair.repair,
        record_webhook_repair.webhook_id, record_webhook_repair.wanted_event,
        record_webhook_repair.reason, record_webhook_repair.answer is null,
        record_webhook_repair.answer, record_webhook_repair.actor, moment
    )
    returning repair_id into made;

    if answer is null and (
        repair <> 'registered'
        or exists (
            select 1
            from outreach.provider_wide_reads as earlier
            where
                earlier.provider_dsn = record_webhook_repair.provider_dsn
                and earlier.list = 'webhooks'
                and earlier.read_id < record_webhook_repair.read_id
        )
    ) then
        perform outreach.open_admin_alert(
            0, 'webhook_repaired', 'subscription ' || webhook_id,
            'The subscription at ' || request_url || ' was ' || repair || ': '
            || reason || '.',
            jsonb_build_object(
                'provider_dsn', provider_dsn, 'wanted_event', wanted_event,
                'repair_id', made
            ),
            moment
        );
    end if;

    return made;
end
$$;
