-- The names of the presets of limits. Security definer: the console reads it, without
-- rights to its tables.
create or replace function outreach.console_limit_presets()
returns table (preset text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select presets.preset
    from outreach.limit_presets as presets
    group by presets.preset
    order by presets.preset;
end
$$;

revoke execute on function outreach.console_limit_presets() from public;
grant execute on function outreach.console_limit_presets() to console;
