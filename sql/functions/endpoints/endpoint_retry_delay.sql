-- The time from a try of a delivery that is not taken to the next one: 1, 4, 16 and 64
-- minutes, 4 hours 16 minutes, then 12 hours. Ten tries take two days and five hours.
create or replace function outreach.endpoint_retry_delay(try_number integer)
returns interval
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select least(
        interval '1 minute' * power(4, least($1 - 1, 10)), interval '12 hours'
    )
$$;
