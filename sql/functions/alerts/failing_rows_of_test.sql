-- The findings of the last run of a dbt test, from the table of its failing rows: one
-- for each subject, or a single one with the test's name if the rows have no subject.
-- details: the first row, the number of rows, their table, and the test's advice. Empty
-- if the test passes or its table does not exist.
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

    -- Each test has other columns, hence jsonb and %I.
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
