-- A number that changes with the text of every function and view of the schema, the
-- defaults of arguments included. A new release may compute another forecast of the same
-- rows, and what was computed before it does not last. A body that is parsed at creation
-- has no prosrc.
create or replace function outreach.forecast_code_digest()
returns numeric
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select sum(hashtextextended(parts.text, 0))
        from (
            select
                concat_ws(
                    ' ', routines.proname, routines.prosrc, routines.prosqlbody::text,
                    routines.proargdefaults::text
                ) as text
            from pg_proc as routines
            where routines.pronamespace = 'outreach'::regnamespace
            union all
            select pg_get_viewdef(views.oid)
            from pg_class as views
            where
                views.relnamespace = 'outreach'::regnamespace
                and views.relkind = 'v'
        ) as parts
    );
end
$$;
