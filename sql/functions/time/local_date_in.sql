-- The date in a time zone at a moment; null for a zone that the server does not know, as
-- after an upgrade that drops a name: one such account must stop no figure of others.
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
