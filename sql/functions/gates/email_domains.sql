-- The domains of the email addresses in a text, such as a cell with two of them: their own
-- and all parent domains, in lower case. None if there is no address in it.
create or replace function outreach.email_domains(email text)
returns text []
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(
            array_agg(
                array_to_string(labels.parts[places.place:], '.')
                order by labels.address_number, places.place
            ),
            '{}'
        )
    from (
        select
            string_to_array(btrim(found.domain[1], '.'), '.') as parts,
            found.address_number
        from regexp_matches(lower($1), '@\s*([^@\s,;:|/<>()"]+)', 'g')
        with ordinality as found (domain, address_number)
    ) as labels
    cross join lateral generate_series(1, cardinality(labels.parts) - 1) as places (place)
$$;
