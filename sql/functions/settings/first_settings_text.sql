-- The settings that a new account gets, for a person.
create or replace function outreach.first_settings_text(
    timezone text,
    limit_preset text,
    opened_on date,
    at timestamptz
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return format(
        '%s, lives in %s, limits of the preset "%s"',
        coalesce(
            'an account of ' || nullif(
                age(
                    (at at time zone first_settings_text.timezone)::date,
                    first_settings_text.opened_on
                ),
                interval '0'
            )::text,
            'a new account'
        ),
        first_settings_text.timezone,
        first_settings_text.limit_preset
    );
end
$$;
