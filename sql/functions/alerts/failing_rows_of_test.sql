-- What a dbt test found when it last ran, from the table in which dbt keeps its failing
-- rows: one finding for each subject, or a single one, named after the test, where the
-- rows name no subject. details: the first row, how many there are, the table that keeps
-- them and, of the test itself, what its failure means and what to do. Empty where the test passes or its table is not there.
create or replace function outreach.failing_rows_of_test(
    test_table text,
    test_name text,
    description text
)
returns table (workspace_id bigint, subject text, message text, details jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass(format('analytics_failures.%I', test_table)) is null then
        return;
    end if;

    -- The table's columns are the test's own, hence jsonb and %I.
    return query execute format(
        $query$
        select
            coalesce((failures.line ->> 'workspace_id')::bigint, 0),
            coalesce(failures.line ->> 'subject', $1),
            min(coalesce(failures.line ->> 'message', $2)),
            (jsonb_agg(failures.line) -> 0) || jsonb_build_object(
                'failing_row_count', count(*),
                'failing_rows', 'analytics_failures.' || $3,
                'what_to_do', $2
            )
        from (
            select to_jsonb(kept) as line
            from analytics_failures.%I as kept
        ) as failures
        group by 1, 2
        $query$,
        test_table
    )
    using test_name, description, test_table;
end
$$;
