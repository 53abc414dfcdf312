-- Which time zone to name instead of one in which no account can live.
create or replace function outreach.timezone_hint(name text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(
            'Name the city, such as ' || outreach.city_of_timezone($1) || '. ',
            'Did you mean ' || outreach.nearest_timezone($1) || '? ',
            ''
        )
        || 'outreach.timezones lists the names, such as Europe/Berlin.'
$$;
