-- The similarity of two names from 0 to 1: the share of common pairs of letters in their
-- first 200. For "did you mean". The time grows with the square of the length.
create or replace function outreach.spelling_similarity(one text, other text)
returns numeric
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    with

    pairs as (

        select
            substr(spellings.letters, places.place, 2) as pair,
            count(distinct spellings.side) as side_count
        from (
            values
            (1, ' ' || lower(left(one, 200)) || ' '),
            (2, ' ' || lower(left(other, 200)) || ' ')
        ) as spellings (side, letters)
        cross join lateral generate_series(1, length(spellings.letters) - 1)
        as places (place)
        group by substr(spellings.letters, places.place, 2)

    )

    select coalesce(2.0 * sum(pairs.side_count - 1) / sum(pairs.side_count), 0)
    from pairs
$$;
