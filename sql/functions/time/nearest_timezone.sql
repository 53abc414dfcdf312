-- The time zone with the most similar name, or null if none is similar, for "did you
-- mean". Compares pairs of letters, of the whole name or of its last part: "berlin"
-- finds Europe/Berlin. No name is nearly as long as the part that is compared.
create or replace function outreach.nearest_timezone(name text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with

    spellings as (

        select
            null as timezone,
            regexp_replace(lower(left($1, 100)), '[^a-z0-9]', '', 'g') as letters

        union all

        select
            timezones.timezone,
            regexp_replace(lower(spelling), '[^a-z0-9]', '', 'g') as letters
        from outreach.timezones
        cross join lateral (
            values
            (timezones.timezone),
            (regexp_replace(timezones.timezone, '^.*/', ''))
        ) as parts (spelling)

    ),

    pairs as (

        select distinct
            spellings.timezone,
            spellings.letters,
            substr(spellings.letters, places.place, 2) as pair
        from spellings
        cross join lateral generate_series(1, length(spellings.letters) - 1)
        as places (place)

    ),

    counted as (

        select
            pairs.timezone,
            pairs.letters,
            count(*) as pair_count,
            count(*) filter (
                where pairs.pair in (
                    select asked.pair
                    from pairs as asked
                    where asked.timezone is null
                )
            ) as shared_count
        from pairs
        group by
            pairs.timezone,
            pairs.letters

    )

    select counted.timezone
    from counted
    cross join counted as asked
    where
        counted.timezone is not null
        and asked.timezone is null
        and 2.0 * counted.shared_count >= 0.6 * (counted.pair_count + asked.pair_count)
    order by
        counted.shared_count::numeric / (counted.pair_count + asked.pair_count) desc,
        length(counted.timezone),
        counted.timezone
    limit 1
$$;
