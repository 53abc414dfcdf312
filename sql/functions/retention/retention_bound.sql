-- The moment before which raw data is older than its bound in retention_bounds.
create or replace function outreach.retention_bound(what text, at timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    kept_days integer;
begin
    select bounds.days
    into kept_days
    from outreach.retention_bounds as bounds
    where bounds.what = retention_bound.what;

    if not found then
        raise exception 'outreach.retention_bounds has no row for %', what
            using
                errcode = 'no_data_found',
                hint = 'Insert one with the number of days.';
    end if;

    return retention_bound.at - make_interval(hours => 24 * kept_days);
end
$$;
