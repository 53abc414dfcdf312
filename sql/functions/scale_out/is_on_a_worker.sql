-- Returns whether this session is on a worker of a Citus cluster. A change of a reference
-- table is repeated on each worker, in a session that does not see what else the
-- transaction has written: a rule that reads tenant tables is checked on the coordinator.
create or replace function outreach.is_on_a_worker()
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    node_group integer := 0;
begin
    -- Without Citus there is no such table, and a static query would not be planned.
    if to_regclass('pg_catalog.pg_dist_local_group') is not null then
        execute 'select groups.groupid from pg_catalog.pg_dist_local_group as groups'
        into node_group;
    end if;

    return node_group <> 0;
end
$$;
