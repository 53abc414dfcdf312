-- A campaign's saved steps in order, with their texts and the number of unfinished
-- enrollments at each. is_counted: without it nobody is counted, and active_count is null.
create or replace function outreach.saved_campaign_steps(
    workspace_id bigint,
    campaign_id bigint,
    is_counted boolean default true
)
returns table (
    step_id bigint,
    step_key text,
    action text,
    delay interval,
    settings jsonb,
    templates jsonb,
    active_count bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    active_enrollments as (

        select
            enrollments.current_step_id,
            count(*) as active_count
        from outreach.campaign_prospects as enrollments
        where
            is_counted
            and enrollments.workspace_id = saved_campaign_steps.workspace_id
            and enrollments.campaign_id = saved_campaign_steps.campaign_id
            and (
                outreach.is_under_way(enrollments.linkedin_status)
                or exists (
                    select 1
                    from outreach.campaign_send_jobs as jobs
                    where
                        jobs.workspace_id = saved_campaign_steps.workspace_id
                        and jobs.enrollment_id = enrollments.enrollment_id
                        and outreach.is_live_job(jobs.status)
                )
            )
        group by enrollments.current_step_id

    )

    select
        steps.step_id,
        steps.step_key,
        steps.action,
        steps.delay,
        steps.settings,
        coalesce(
            (
                select
                    jsonb_agg(
                        jsonb_build_object(
                            'variant', templates.variant,
                            'field', templates.field,
                            'template', templates.template
                        )
                        order by templates.variant, templates.field
                    )
                from outreach.campaign_step_templates as templates
                where
                    templates.workspace_id = saved_campaign_steps.workspace_id
                    and templates.step_id = steps.step_id
            ),
            '[]'
        ) as templates,
        case when is_counted then coalesce(active_enrollments.active_count, 0) end
    from outreach.campaign_steps as steps
    left join active_enrollments on steps.step_id = active_enrollments.current_step_id
    where
        steps.workspace_id = saved_campaign_steps.workspace_id
        and steps.campaign_id = saved_campaign_steps.campaign_id
        and steps.removed_at is null
    order by steps.position;
end
$$;
