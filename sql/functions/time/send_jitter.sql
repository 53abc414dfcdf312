-- A delay of 0 to outreach.longest_send_jitter(), the same at every replay for an
-- enrollment and day.
create or replace function outreach.send_jitter(
    workspace_id bigint,
    enrollment_id bigint,
    day date
)
returns interval
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        make_interval(
            secs => (
                'x' || left(md5(concat_ws(':', $1, $2, $3 - date '2000-01-01')), 7)
            )::bit(28)::integer
            % (extract(epoch from outreach.longest_send_jitter())::integer + 1)
        )
$$;
