-- The domains of an email address: its own and all parent domains, in lower case. None
-- if the text is no address.
create or replace function outreach.email_domains(email text)
returns text []
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(
            array_agg(array_to_string(labels.parts[place:], '.') order by places.place),
            '{}'
        )
    from (
        select string_to_array(lower(btrim(split_part($1, '@', 2), ' .>')), '.') as parts
    ) as labels
    cross join lateral generate_series(1, cardinality(labels.parts) - 1) as places (place)
$$;
