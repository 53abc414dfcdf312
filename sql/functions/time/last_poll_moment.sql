-- The newest moment, at or before another, at which an account's lists are due to be
-- read. There is one in each slot of the day, pseudorandom within it: the provider asks
-- for a few random times a day, not a fixed one. The slot's length is how often the
-- lists are polled; the walk of all accounts uses it with the ids 0 and 0.
create or replace function outreach.last_poll_moment(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns timestamptz
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    slot_seconds constant bigint := 21600; -- four times a day
    slot bigint := floor(extract(epoch from at) / slot_seconds);
    moment timestamptz;
begin
    loop
        moment := to_timestamp(
            slot * slot_seconds
            + ('x' || left(md5(concat_ws(':', workspace_id, account_id, slot)), 7))
            ::bit(28)::integer % slot_seconds
        );
        exit when moment <= at;
        slot := slot - 1;
    end loop;

    return moment;
end
$$;
