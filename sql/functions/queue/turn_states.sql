-- Of each turn: whether a session has it, and whether another session waits for it. A
-- turn is an advisory lock whose key comes from its name (trueup/postgres/turns.py).
create or replace function outreach.turn_states(names text [])
returns table (
    name text,
    is_taken boolean,
    is_wanted boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    locks as materialized (

        select
            (pg_locks.classid::bigint << 32) | pg_locks.objid::bigint as key,
            pg_locks.granted
        from pg_catalog.pg_locks
        where
            pg_locks.locktype = 'advisory'
            and pg_locks.objsubid = 1
            and pg_locks.database = (
                select pg_database.oid
                from pg_catalog.pg_database
                where pg_database.datname = current_database()
            )

    )

    select
        turns.name,
        coalesce(bool_or(locks.granted), false),
        coalesce(bool_or(not locks.granted), false)
    from unnest(turn_states.names) as turns (name)
    left join locks on hashtextextended('trueup turn ' || turns.name, 0) = locks.key
    group by turns.name;
end
$$;
