-- A campaign's enrollments in pending_template_fix with three facts: whether every text
-- of the step has a valid stamp today; whether the enrollment was parked alone, because
-- its own values failed with the present text or one is missing, which only rendering
-- can check; and whether the provider has refused exactly these texts.
create or replace function outreach.parked_enrollments(
    workspace_id bigint,
    campaign_id bigint
)
returns table (
    enrollment_id bigint,
    step_id bigint,
    action text,
    account_id bigint,
    prospect_id bigint,
    template_error jsonb,
    is_stamped boolean,
    is_parked_alone boolean,
    is_refused_by_provider boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    steps as materialized (

        select
            campaign_steps.step_id,
            campaign_steps.action,
            coalesce(
                bool_and(
                    outreach.is_template_valid(
                        row(templates.*)::outreach.campaign_step_templates,
                        campaigns.custom_fields
                    )
                ) filter (where templates.step_id is not null),
                true
            ) as is_stamped,
            coalesce(
                array_agg(templates.validation_stamp) filter (
                    where templates.step_id is not null
                ),
                '{}'
            ) as validation_stamps,
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'field', templates.field, 'template', templates.template
                    )
                ) filter (where templates.step_id is not null),
                '[]'
            ) as templates
        from outreach.campaign_steps
        inner join outreach.campaigns
            on
                campaigns.workspace_id = parked_enrollments.workspace_id
                and campaign_steps.campaign_id = campaigns.campaign_id
        left join outreach.campaign_step_templates as templates
            on
                templates.workspace_id = parked_enrollments.workspace_id
                and campaign_steps.step_id = templates.step_id
        where
            campaign_steps.workspace_id = parked_enrollments.workspace_id
            and campaign_steps.campaign_id = parked_enrollments.campaign_id
            and campaign_steps.removed_at is null
        group by
            campaign_steps.step_id,
            campaign_steps.action

    )

    select
        enrollments.enrollment_id,
        steps.step_id,
        steps.action,
        enrollments.account_id,
        enrollments.prospect_id,
        enrollments.template_error,
        steps.is_stamped,
        coalesce(enrollments.template_error ->> 'code', '') = 'missing_value'
        or (
            enrollments.template_error ? 'template'
            and not enrollments.template_error ? 'removed_custom_field'
            and steps.templates @> jsonb_build_array(
                jsonb_build_object(
                    'field', enrollments.template_error -> 'field',
                    'template', enrollments.template_error -> 'template'
                )
            )
        ) as is_parked_alone,
        exists (
            select 1
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = parked_enrollments.workspace_id
                and attempts.enrollment_id = enrollments.enrollment_id
                and attempts.step_id = steps.step_id
                and cardinality(attempts.validation_stamps) > 0
                and attempts.validation_stamps <@ steps.validation_stamps
        ) as is_refused_by_provider
    from outreach.campaign_prospects as enrollments
    inner join steps on enrollments.current_step_id = steps.step_id
    where
        enrollments.workspace_id = parked_enrollments.workspace_id
        and enrollments.campaign_id = parked_enrollments.campaign_id
        and enrollments.linkedin_status = 'pending_template_fix';
end
$$;
