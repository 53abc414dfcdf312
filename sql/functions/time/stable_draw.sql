-- A uniformly distributed number from 0 to 2^52, the same for a text on every machine
-- and at every replay.
create or replace function outreach.stable_draw(of text)
returns bigint
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select ('x' || left(md5($1), 13))::bit(52)::bigint
$$;
