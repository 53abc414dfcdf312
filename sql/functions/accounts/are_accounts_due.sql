-- Whether the list of all accounts should be walked now: four times a day, at
-- pseudorandom minutes per provider, and at once if it has never been walked
-- completely.
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
            ) < max(moments.at),
            true
        )
    from (select coalesce($2, clock_timestamp()) as at) as clock
    cross join lateral (
        select floor(extract(epoch from clock.at) / 21600)::bigint as slot
    ) as slots
    cross join lateral generate_series(slots.slot - 1, slots.slot) as candidates (slot)
    cross join lateral outreach.poll_moment(0, 0, candidates.slot) as moments (at)
    where moments.at <= clock.at
$$;
