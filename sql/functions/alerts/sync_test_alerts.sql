-- Opens, updates and resolves the alerts of a failed dbt test by its stored failing
-- rows. If there are none, one alert has the test's name.
create or replace function outreach.sync_test_alerts(
    test_name text,
    test_table text,
    description text,
    as_of timestamptz default null
)
returns table (opened_count integer, open_count integer, resolved_count integer)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    findings jsonb;
begin
    if to_regclass(format('analytics_failures.%I', test_table)) is null then
        findings := jsonb_build_array(
            jsonb_build_object(
                'subject', test_name,
                'message', description,
                'details', jsonb_build_object('what_to_do', description)
            )
        );
    else
        select coalesce(jsonb_agg(to_jsonb(failing)), '[]')
        into findings
        from outreach.failing_rows_of_test(
            test_table, test_name, description
        ) as failing;
    end if;

    return query
    select
        synced.opened_count,
        synced.open_count,
        synced.resolved_count
    from outreach.sync_admin_alerts(test_name, findings, as_of) as synced;
end
$$;
