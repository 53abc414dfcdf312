-- Whether the list of all accounts should be walked now: after each
-- outreach.last_poll_moment, and at once if it has never been walked completely.
create or replace function outreach.are_accounts_due(
    provider_dsn text,
    as_of timestamptz default null
)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(
            (
                select max(reads.started_at)
                from outreach.provider_wide_reads as reads
                where
                    reads.provider_dsn = $1
                    and reads.list = 'accounts'
                    and reads.is_complete
            ) < outreach.last_poll_moment(0, 0, coalesce($2, clock_timestamp())),
            true
        )
$$;
