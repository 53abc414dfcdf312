-- By how much steps are spread at most, so that those which are due at one moment, such
-- as the opening of a window, do not all go at once.
create or replace function outreach.longest_send_jitter()
returns interval
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select interval '30 minutes'
$$;
