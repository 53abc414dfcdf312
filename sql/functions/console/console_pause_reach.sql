-- Whom a pause of some enrollments would stop, or its end let go on: the people among
-- them who are not so yet, and how many have a job. Security definer: the console reads
-- it, without rights to its tables.
create or replace function outreach.console_pause_reach(
    in_workspace_id bigint,
    enrollment_ids bigint [],
    is_paused boolean
)
returns table (people_count bigint, job_count bigint)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        count(distinct enrollments.prospect_id),
        count(enrollments.next_action_at)
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = in_workspace_id
        and enrollments.enrollment_id = any(enrollment_ids)
        and (enrollments.paused_at is null) = console_pause_reach.is_paused;
end
$$;

revoke execute on function outreach.console_pause_reach(
    bigint, bigint [], boolean
) from public;
grant execute on function outreach.console_pause_reach(
    bigint, bigint [], boolean
) to console;
