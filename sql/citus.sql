-- Spreads a migrated database over the workers of a Citus cluster. `trueup db distribute`
-- runs it statement by statement. It may be run again, and is run again after a migration
-- that adds tables. Each warning says what was done. See docs/scale_out.md.

-- Everything below needs the extension, the address of the coordinator, and a worker.
do $$
begin
    if to_regclass('pg_catalog.pg_dist_node') is null then
        raise exception 'the database % has no extension citus', current_database()
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Install Citus on the coordinator and on each worker, create the '
                'extension in this database on each of them, and add the workers. See '
                'docs/scale_out.md.';
    elsif to_regprocedure('outreach.table_placements()') is null then
        raise exception 'the database % is not migrated', current_database()
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Run `trueup db migrate` first.';
    elsif not exists (
        select 1 from pg_catalog.pg_dist_node as nodes where nodes.groupid = 0
    ) then
        raise exception 'the workers do not know the address of the coordinator'
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Run: select citus_set_coordinator_host(''<address>'', <port>).';
    elsif not exists (
        select 1
        from pg_catalog.pg_dist_node as nodes
        where
            nodes.isactive
            and nodes.shouldhaveshards
    ) then
        raise exception 'the cluster has no worker that may hold shards'
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Run: select citus_add_node(''<address>'', <port>).';
    end if;
end
$$;

-- A trigger of a shard reads and writes tables by their own names, and all rows of a
-- workspace are on the node of the shard: its queries are planned there again.
set citus.enable_unsafe_triggers = on;

set citus.allow_nested_distributed_execution = on;

-- A table that others refer to is locked on all nodes before those.
set citus.multi_shard_modify_mode = 'sequential';

-- The workers take the settings of the database too.
do $$
declare
    setting text;
begin
    foreach setting in array array[
        'citus.enable_unsafe_triggers = on',
        'citus.allow_nested_distributed_execution = on',
        'timezone = ''UTC'''
    ] loop
        execute format('alter database %I set %s', current_database(), setting);
    end loop;
end
$$;

-- The coordinator connects to the workers as the role that a session has taken.
do $$
declare
    reader text;
begin
    foreach reader in array array['analyst', 'console'] loop
        if not exists (
            select 1
            from pg_catalog.pg_roles as roles
            where
                roles.rolname = reader
                and roles.rolcanlogin
        ) then
            execute format('alter role %I login', reader);
            raise warning 'role %: may log in to the workers', reader;
        end if;
    end loop;
end
$$;

-- In one transaction. A tenant table can have a foreign key to a reference table only once
-- both are placed, and the triggers of a table would judge its old rows as new ones while
-- they are copied: these keys and triggers are dropped, and made again at the end.
do $$
declare
    dropped record;
    placed record;
    neighbour text;
    made_again text [] := '{}';
    statement text;
begin
    set local client_min_messages = warning;

    for dropped in
        select
            unplaced.table_id,
            keys.conname as name,
            'constraint' as kind,
            array[
                format(
                    'alter table %s add constraint %I %s',
                    unplaced.table_id, keys.conname, pg_get_constraintdef(keys.oid)
                )
            ] as statements
        from pg_catalog.pg_constraint as keys
        inner join (
            select format('outreach.%I', placements.table_name)::regclass as table_id
            from outreach.table_placements() as placements
            where placements.placement = 'tenant'
        ) as unplaced
            on keys.conrelid = unplaced.table_id
        inner join outreach.table_placements() as referenced
            on
                keys.confrelid
                = format('outreach.%I', referenced.table_name)::regclass
                and referenced.placement = 'reference'
        where
            keys.contype = 'f'
            and not exists (
                select 1
                from pg_catalog.pg_dist_partition as distributed
                where distributed.logicalrelid = keys.conrelid
            )

        union all

        select
            unplaced.table_id,
            triggers.tgname,
            'trigger',
            array[pg_get_triggerdef(triggers.oid)] || case
                when triggers.tgenabled = 'A'
                    then array[
                        format(
                            'alter table %s enable always trigger %I',
                            unplaced.table_id, triggers.tgname
                        )
                    ]
            end
        from pg_catalog.pg_trigger as triggers
        inner join (
            select format('outreach.%I', placements.table_name)::regclass as table_id
            from outreach.table_placements() as placements
            where placements.placement <> 'local'
        ) as unplaced
            on triggers.tgrelid = unplaced.table_id
        where
            not triggers.tgisinternal
            and not exists (
                select 1
                from pg_catalog.pg_dist_partition as distributed
                where distributed.logicalrelid = triggers.tgrelid
            )
    loop
        made_again := made_again || dropped.statements;
        execute case dropped.kind
            when 'constraint'
                then
                    format(
                        'alter table %s drop constraint %I',
                        dropped.table_id, dropped.name
                    )
            else format('drop trigger %I on %s', dropped.name, dropped.table_id)
        end;
    end loop;

    for placed in
        select placements.*
        from outreach.table_placements() as placements
        where
            placements.placement <> 'local'
            and not exists (
                select 1
                from pg_catalog.pg_dist_partition as distributed
                where
                    distributed.logicalrelid
                    = format('outreach.%I', placements.table_name)::regclass
            )
        order by placements.placement, placements.place_order, placements.table_name
    loop
        if placed.placement = 'reference' then
            perform create_reference_table(format('outreach.%I', placed.table_name));
        else
            -- One workspace has the same node in every table.
            select min(distributed.logicalrelid::text)
            into neighbour
            from pg_catalog.pg_dist_partition as distributed
            inner join pg_catalog.pg_class as relations
                on distributed.logicalrelid = relations.oid
            where
                relations.relnamespace = 'outreach'::regnamespace
                and distributed.partmethod = 'h';

            perform create_distributed_table(
                format('outreach.%I', placed.table_name),
                'workspace_id',
                colocate_with => coalesce(neighbour, 'none')
            );
        end if;
        raise warning 'table %: %', placed.table_name, placed.placement;
    end loop;

    foreach statement in array made_again loop
        execute statement;
    end loop;
end
$$;

-- The rows were copied to the nodes, and the coordinator's own copy of them is hidden. The
-- triggers that refuse to truncate would refuse this too; only a superuser may pass them by.
do $$
declare
    emptied record;
begin
    set local session_replication_role = replica;

    for emptied in
        select
            placements.table_name,
            format('outreach.%I', placements.table_name)::regclass as table_id
        from outreach.table_placements() as placements
        where
            placements.placement <> 'local'
            and pg_relation_size(format('outreach.%I', placements.table_name)) > 0
        order by
            placements.place_order desc,
            placements.table_name
    loop
        perform truncate_local_data_after_distributing_table(emptied.table_id);
        raise warning 'table %: the rows of before are on the workers only',
            emptied.table_name;
    end loop;
end
$$;

-- Triggers call functions on the workers. A function that was made before its tables were
-- placed is on the coordinator alone.
do $$
declare
    missing record;
begin
    set local client_min_messages = warning;

    for missing in
        select routines.oid::regprocedure as signature
        from pg_catalog.pg_proc as routines
        where
            routines.pronamespace = 'outreach'::regnamespace
            and routines.prokind = 'f'
            and not exists (
                select 1
                from pg_catalog.pg_dist_object as distributed
                where
                    distributed.classid = 'pg_catalog.pg_proc'::regclass
                    and distributed.objid = routines.oid
            )
        order by 1
    loop
        perform create_distributed_function(missing.signature);
        raise warning 'function %: on the workers too', missing.signature;
    end loop;
end
$$;
