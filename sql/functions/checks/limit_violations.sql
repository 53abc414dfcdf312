-- Attempts that broke a limit or a window that they were judged by, by kind: over_limit,
-- outside_window. See outreach.judged_attempts.
create or replace function outreach.limit_violations()
returns table (kind text, workspace_id bigint, subject text, detail text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        judgements.kind,
        judged.workspace_id,
        'attempt ' || judged.attempt_id || ' of account ' || judged.account_id,
        judgements.detail
    from outreach.judged_attempts() as judged
    cross join lateral (
        select
            'over_limit' as kind,
            judged.action || ' was number ' || judged.spent_on_day || ' of '
            || judged.limit_per_day || ' on ' || judged.counted_on
            || ', number ' || judged.spent_in_week || ' of '
            || coalesce(judged.limit_per_week::text, 'any') || ' in 7 days'
            || coalesce(
                ', number ' || judged.spent_in_month || ' of '
                || judged.limit_per_month || ' in its month',
                ''
            )
            || case
                when judged.is_over_note_limit then ', and over a limit of notes'
                else ''
            end as detail
        where
            judged.is_over_day_limit
            or judged.is_over_week_limit
            or judged.is_over_month_limit
            or judged.is_over_note_limit
        union all
        select
            'outside_window',
            'began at ' || judged.local_begun_at || ' in ' || judged.timezone
            || ', outside weekday ' || judged.window_weekday || ' '
            || judged.window_opens || ' to ' || judged.window_closes
        where not judged.is_inside_window
    ) as judgements;
end
$$;
