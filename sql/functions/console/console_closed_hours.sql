-- How much of a week in which an account may send now would be closed by the windows of a
-- text, as outreach.sending_windows_of_text() reads it, and the account's queued jobs with
-- their people, who wait for what stays open. No row if nothing would be closed. Counts
-- stop at 10,001, of which the page says "10,000+". Security definer: the console reads
-- it, without rights to its tables.
create or replace function outreach.console_closed_hours(
    in_workspace_id bigint,
    in_account_id bigint,
    windows text
)
returns table (
    closed_for interval,
    people_count bigint,
    job_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    -- In seconds since the week's first midnight.
    closed int4multirange;
begin
    select
        range_agg(
            int4range(
                hours.weekday * 86400 + extract(epoch from hours.opens)::integer,
                hours.weekday * 86400 + extract(epoch from hours.closes)::integer
            )
        ) filter (where hours.is_stored)
        - coalesce(
            range_agg(
                int4range(
                    hours.weekday * 86400 + extract(epoch from hours.opens)::integer,
                    hours.weekday * 86400 + extract(epoch from hours.closes)::integer
                )
            ) filter (where not hours.is_stored),
            '{}'
        )
    into closed
    from (
        select
            stored.weekday::integer as weekday,
            stored.opens,
            stored.closes,
            true as is_stored
        from outreach.linkedin_account_sending_windows as stored
        where
            stored.workspace_id = in_workspace_id
            and stored.account_id = in_account_id
        union all
        select
            wanted.weekday,
            wanted.opens,
            wanted.closes,
            false
        from jsonb_to_recordset(
            outreach.sending_windows_of_text(console_closed_hours.windows)
        ) as wanted (weekday integer, opens time, closes time)
    ) as hours;

    return query
    select
        (
            select make_interval(secs => sum(upper(spans.span) - lower(spans.span)))
            from unnest(closed) as spans (span)
        ),
        count(distinct waiting.person),
        count(waiting.person)
    from (
        select coalesce(enrollments.prospect_id, -jobs.answer_id) as person
        from outreach.campaign_send_jobs as jobs
        left join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = in_workspace_id
                and jobs.enrollment_id = enrollments.enrollment_id
        where
            jobs.workspace_id = in_workspace_id
            and jobs.account_id = in_account_id
            and jobs.status = 'queued'
        limit 10001
    ) as waiting
    having not isempty(closed);
end
$$;

revoke execute on function outreach.console_closed_hours(
    bigint, bigint, text
) from public;
grant execute on function outreach.console_closed_hours(
    bigint, bigint, text
) to console;
