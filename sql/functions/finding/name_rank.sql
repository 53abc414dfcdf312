-- How a row matches a typed text: 1 by its id, 2 by its name, 3 by its name in other
-- case, null if it does not match. A lower rank is a better match.
create or replace function outreach.name_rank(wanted text, id bigint, name text)
returns integer
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        case
            when wanted = id::text then 1
            when wanted = name then 2
            when lower(wanted) = lower(name) then 3
        end
$$;
