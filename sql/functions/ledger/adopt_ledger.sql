-- Makes this database the one that the ledger belongs to, on a new timeline. Only the
-- owner may write the identity. Returns the timeline.
create or replace function outreach.adopt_ledger(
    actor text,
    as_of timestamptz default null
)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    adopted outreach.ledger_identity;
begin
    insert into outreach.ledger_identity as identity (
        timeline, system_identifier, database_oid, adopted_at, adopted_by
    )
    select
        gen_random_uuid(),
        servers.system_identifier,
        databases.oid::bigint,
        coalesce(as_of, clock_timestamp()),
        adopt_ledger.actor
    from pg_control_system() as servers
    inner join pg_database as databases on databases.datname = current_database()
    on conflict (is_the_only_row) do update
    set
        timeline = excluded.timeline,
        system_identifier = excluded.system_identifier,
        database_oid = excluded.database_oid,
        adopted_at = excluded.adopted_at,
        adopted_by = excluded.adopted_by
    returning identity.* into strict adopted;

    return adopted.timeline;
end
$$;
