-- Whether the caller may say when something happened: the owner of the ledger, who
-- replays other moments. For any other role, the database's clock decides. A function
-- with its owner's rights runs as the owner, so this looks at the session's own role.
create or replace function outreach.may_set_clock()
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select pg_has_role(
        coalesce(nullif(current_setting('role'), 'none')::name, session_user),
        (
            select pg_class.relowner
            from pg_catalog.pg_class
            where pg_class.oid = 'outreach.send_attempts'::regclass
        ),
        'usage'
    )
$$;
