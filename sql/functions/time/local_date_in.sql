-- The date in a time zone at a moment. Null for a zone that the server does not know,
-- for example after an upgrade that drops a name, so that one account cannot fail the
-- figures of others.
create or replace function outreach.local_date_in(timezone text, at timestamptz)
returns date
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (local_date_in.at at time zone local_date_in.timezone)::date;
exception
    when invalid_parameter_value then
        return null;
end
$$;
