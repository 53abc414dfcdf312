-- The minute at which an account's lists are read in one of the day's four slots of six
-- hours: pseudorandom, and the same at every replay.
create or replace function outreach.poll_moment(
    workspace_id bigint,
    account_id bigint,
    slot bigint
)
returns timestamptz
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        to_timestamp(
            $3 * 21600
            + ('x' || left(md5(concat_ws(':', $1, $2, $3)), 7))::bit(28)::integer
            % 21600
        )
$$;
