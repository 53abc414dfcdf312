"""What a migrated database has to keep so that its tables can be spread by workspace.

Belongs here: reading `pg_catalog`. Does not: the texts of functions (scale_out_rules).
"""

import re

import psycopg


def tenant_tables(connection: psycopg.Connection) -> frozenset[str]:
    """The tables that are spread by workspace_id, and the views of them."""
    return placed_tables(connection, "tenant") | frozenset(_views(connection))


def placed_tables(connection: psycopg.Connection, placement: str) -> frozenset[str]:
    """The tables that belong there in a cluster: tenant, reference or local."""
    rows = connection.execute(
        "select table_name from outreach.table_placements() where placement = %s",
        [placement],
    )
    return frozenset(name for (name,) in rows)


def nested_views(connection: psycopg.Connection) -> frozenset[str]:
    """The views of tenant tables that have a query inside their query."""
    return frozenset(
        name
        for name, definition in _views(connection).items()
        if len(re.findall(r"\bselect\b", definition, re.IGNORECASE)) > 1
    )


def _views(connection: psycopg.Connection) -> dict[str, str]:
    rows = connection.execute(
        """
        select
            pg_class.relname::text,
            pg_get_viewdef(pg_class.oid)
        from pg_catalog.pg_class
        inner join pg_catalog.pg_attribute
            on pg_class.oid = pg_attribute.attrelid
        where
            pg_class.relnamespace = 'outreach'::regnamespace
            and pg_class.relkind = 'v'
            and pg_attribute.attname = 'workspace_id'
        """
    )
    return dict(rows.fetchall())


def volatility(connection: psycopg.Connection) -> dict[str, str]:
    """The weakest promise that the functions of each name make: i, s or v."""
    rows = connection.execute(
        """
        select
            pg_proc.proname::text,
            max(pg_proc.provolatile)::text
        from pg_catalog.pg_proc
        where
            pg_proc.pronamespace
            in ('outreach'::regnamespace, 'pg_catalog'::regnamespace)
        group by pg_proc.proname
        """
    )
    return dict(rows.fetchall())


def keys_without_workspace(connection: psycopg.Connection) -> list[str]:
    """Unique indexes and foreign keys of tenant tables that lack workspace_id."""
    rows = connection.execute(
        """
        with

        keys as (

            select
                pg_index.indrelid as table_id,
                pg_index.indexrelid::regclass::text as name,
                pg_index.indkey::smallint[] as columns
            from pg_catalog.pg_index
            where pg_index.indisunique

            union all

            select
                pg_constraint.conrelid as table_id,
                pg_constraint.conname::text as name,
                pg_constraint.conkey as columns
            from pg_catalog.pg_constraint
            where
                pg_constraint.contype = 'f'
                and pg_constraint.confrelid in (
                    select pg_class.oid
                    from pg_catalog.pg_class
                    where pg_class.relname = any(%(tables)s)
                )

        )

        select keys.table_id::regclass::text || ': ' || keys.name
        from keys
        inner join pg_catalog.pg_class
            on keys.table_id = pg_class.oid
        where
            pg_class.relnamespace = 'outreach'::regnamespace
            and pg_class.relname = any(%(tables)s)
            and not exists (
                select 1
                from pg_catalog.pg_attribute
                where
                    pg_attribute.attrelid = keys.table_id
                    and pg_attribute.attname = 'workspace_id'
                    and pg_attribute.attnum = any(keys.columns)
            )
        order by 1
        """,
        {"tables": sorted(tenant_tables(connection))},
    )
    return [text for (text,) in rows]


def foreign_keys_that_set_null(connection: psycopg.Connection) -> list[str]:
    """Foreign keys with an action that would null or default a workspace_id."""
    rows = connection.execute(
        """
        select pg_constraint.conrelid::regclass::text || ': ' || pg_constraint.conname
        from pg_catalog.pg_constraint
        where
            pg_constraint.contype = 'f'
            and pg_constraint.connamespace = 'outreach'::regnamespace
            and (
                pg_constraint.confdeltype in ('n', 'd')
                or pg_constraint.confupdtype in ('n', 'd')
            )
        order by 1
        """
    )
    return [text for (text,) in rows]


def keys_that_leave_their_node(connection: psycopg.Connection) -> list[str]:
    """Foreign keys that a node of a cluster cannot check by itself.

    A table of the coordinator refers to its own kind, one that is the same everywhere
    to its own kind, and one that is spread to both the spread and the same.
    """
    rows = connection.execute(
        """
        select
            referencing.table_name || ': ' || pg_constraint.conname
        from pg_catalog.pg_constraint
        inner join outreach.table_placements() as referencing
            on
                pg_constraint.conrelid
                = format('outreach.%I', referencing.table_name)::regclass
        inner join outreach.table_placements() as referenced
            on
                pg_constraint.confrelid
                = format('outreach.%I', referenced.table_name)::regclass
        where
            pg_constraint.contype = 'f'
            and referencing.placement <> referenced.placement
            and (referencing.placement, referenced.placement)
            <> ('tenant', 'reference')
        order by 1
        """
    )
    return [text for (text,) in rows]


def triggers_of_reference_tables(connection: psycopg.Connection) -> list[str]:
    """The functions of triggers on tables that are the same on every node."""
    rows = connection.execute(
        """
        select distinct pg_proc.proname::text
        from pg_catalog.pg_trigger
        inner join outreach.table_placements() as placements
            on
                pg_trigger.tgrelid
                = format('outreach.%I', placements.table_name)::regclass
                and placements.placement = 'reference'
        inner join pg_catalog.pg_proc
            on pg_trigger.tgfoid = pg_proc.oid
        where not pg_trigger.tgisinternal
        order by 1
        """
    )
    return [text for (text,) in rows]


def functions_with_forced_plans(connection: psycopg.Connection) -> list[str]:
    """Functions that fix their plan before they know the workspace."""
    rows = connection.execute(
        """
        select pg_proc.oid::regprocedure::text
        from pg_catalog.pg_proc
        cross join lateral unnest(pg_proc.proconfig) as settings (setting)
        where
            pg_proc.pronamespace = 'outreach'::regnamespace
            and settings.setting = 'plan_cache_mode=force_generic_plan'
        order by 1
        """
    )
    return [text for (text,) in rows]


def functions_without_search_path(connection: psycopg.Connection) -> list[str]:
    """Functions whose names a caller's search_path could lead elsewhere.

    The names in a body that was parsed when the function was made lead nowhere else.
    """
    rows = connection.execute(
        """
        select pg_proc.oid::regprocedure::text
        from pg_catalog.pg_proc
        where
            pg_proc.pronamespace = 'outreach'::regnamespace
            and pg_proc.prosqlbody is null
            and not coalesce(
                'search_path=pg_catalog, pg_temp' = any(pg_proc.proconfig), false
            )
        order by 1
        """
    )
    return [text for (text,) in rows]


def security_definer_functions(connection: psycopg.Connection) -> list[str]:
    """The names of the functions that run with their owner's rights."""
    rows = connection.execute(
        """
        select distinct pg_proc.proname::text
        from pg_catalog.pg_proc
        where
            pg_proc.pronamespace = 'outreach'::regnamespace
            and pg_proc.prosecdef
        order by 1
        """
    )
    return [text for (text,) in rows]
