-- Refuses changes of rows of its trigger's table, which is append-only.
create or replace function outreach.refuse_to_rewrite_history()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'rows of outreach.% are append-only: % is refused',
        tg_argv[0], lower(tg_op)
        using
            errcode = 'check_violation',
            hint = 'Append a correcting row instead.';
end
$$;
