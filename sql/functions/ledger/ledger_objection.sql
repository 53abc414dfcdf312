-- Why no sender may work with this ledger, or null where nothing speaks against it. The
-- arguments are the newest attempt that a sender on the caller's machine has begun, null
-- where none is known.
-- behind: that attempt is not in the ledger, or another one has its id.
-- copied: the identity was written in another database, or there is none.
-- unwitnessed: the ledger has attempts, and nothing is known of its senders there.
create or replace function outreach.ledger_objection(
    seen_workspace_id bigint,
    seen_attempt_id bigint,
    seen_begun_at timestamptz
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if seen_attempt_id is not null and not exists (
        select 1
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = ledger_objection.seen_workspace_id
            and attempts.attempt_id = ledger_objection.seen_attempt_id
            and attempts.begun_at = ledger_objection.seen_begun_at
    ) then
        return 'behind';
    end if;

    if not exists (
        select 1
        from outreach.ledger_identity as identity
        cross join pg_control_system() as servers
        inner join pg_database as databases
            on
                databases.datname = current_database()
                and identity.database_oid = databases.oid::bigint
        where identity.system_identifier = servers.system_identifier
    ) then
        return 'copied';
    end if;

    if seen_attempt_id is null and exists (
        select 1
        from outreach.send_attempts
    ) then
        return 'unwitnessed';
    end if;

    return null;
end
$$;
