"""What a migrated database has to keep so that its tables can be spread by workspace.

Belongs here: reading `pg_catalog`. Does not: the texts of functions (scale_out_rules).
"""

import psycopg

# They hold a workspace_id and are the same on every node: an address or a LinkedIn
# identity is looked up before its workspace is known.
GLOBAL_TABLES = ("provider_accounts", "workspaces")


def tenant_tables(connection: psycopg.Connection) -> frozenset[str]:
    """The tables that are spread by workspace_id, and the views of them."""
    rows = connection.execute(
        """
        select pg_class.relname::text
        from pg_catalog.pg_class
        inner join pg_catalog.pg_attribute
            on pg_class.oid = pg_attribute.attrelid
        where
            pg_class.relnamespace = 'outreach'::regnamespace
            and pg_class.relkind in ('r', 'p', 'v')
            and pg_attribute.attname = 'workspace_id'
            and pg_class.relname <> all(%s)
        """,
        [list(GLOBAL_TABLES)],
    )
    return frozenset(name for (name,) in rows)


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


def global_tables_that_reference_tenants(connection: psycopg.Connection) -> list[str]:
    """Foreign keys that lead from a table that is everywhere to one that is spread."""
    rows = connection.execute(
        """
        select pg_constraint.conrelid::regclass::text || ': ' || pg_constraint.conname
        from pg_catalog.pg_constraint
        inner join pg_catalog.pg_class as referencing
            on pg_constraint.conrelid = referencing.oid
        inner join pg_catalog.pg_class as referenced
            on pg_constraint.confrelid = referenced.oid
        where
            pg_constraint.contype = 'f'
            and referencing.relnamespace = 'outreach'::regnamespace
            and referencing.relname <> all(%(tables)s)
            and referenced.relname = any(%(tables)s)
        order by 1
        """,
        {"tables": sorted(tenant_tables(connection))},
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
