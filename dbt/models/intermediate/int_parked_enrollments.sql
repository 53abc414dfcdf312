with

parked as (

    select *
    from {{ ref('stg_campaign_prospects') }}
    where linkedin_status = 'pending_template_fix'

),

parkings as (

    select
        workspace_id,
        enrollment_id,
        max(occurred_at) as parked_at

    from {{ ref('stg_campaign_events') }}

    where event_type = 'template_parked'

    group by
        workspace_id,
        enrollment_id

),

templates as (

    select * from {{ ref('stg_campaign_step_templates') }}

),

validations as (

    select * from {{ ref('stg_template_validations') }}

),

judged_steps as (

    select
        templates.workspace_id,
        templates.step_id,
        {# A text that was saved after its last validation is not known to be valid. #}
        bool_and(
            coalesce(
                validations.is_valid
                and templates.validation_stamp = validations.validation_stamp,
                false
            )
        ) as has_valid_templates

    from templates

    left join validations
        on
            templates.workspace_id = validations.workspace_id
            and templates.step_id = validations.step_id
            and templates.variant = validations.variant
            and templates.template_field = validations.template_field

    group by
        templates.workspace_id,
        templates.step_id

)

select
    parked.workspace_id,
    parked.enrollment_id,
    parked.campaign_id,
    parked.account_id,
    parked.current_step_id as step_id,
    coalesce(parkings.parked_at, parked.created_at) as parked_at,
    coalesce(parked.template_error ->> 'message', 'no error was kept') as error_message,
    coalesce(judged_steps.has_valid_templates, false) as has_valid_templates,
    {# The person's own values failed with the present text. #}
    coalesce(judged_steps.has_valid_templates, false)
    and (
        coalesce(parked.template_error ->> 'code', '') = 'missing_value'
        or exists (
            select 1
            from templates
            where
                parked.workspace_id = templates.workspace_id
                and parked.current_step_id = templates.step_id
                and templates.template_field = parked.template_error ->> 'field'
                and templates.template_text = parked.template_error ->> 'template'
                and parked.template_error ->> 'removed_custom_field' is null
        )
    ) as is_parked_alone

from parked

left join parkings
    on
        parked.workspace_id = parkings.workspace_id
        and parked.enrollment_id = parkings.enrollment_id

left join judged_steps
    on
        parked.workspace_id = judged_steps.workspace_id
        and parked.current_step_id = judged_steps.step_id
