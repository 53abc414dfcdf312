-- Fails for each saved template that the validator refuses today: the validator was
-- changed, a custom field was removed, or the text was written without validation.
-- What to do: correct it in the campaign's file, and save it with
-- `trueup campaign save`; `trueup template check --all` shows the place.
-- A warning: a send of it parks its prospect and spends nothing.
{{
    config(
        severity='warn',
        meta={'dagster': {'ref': {'name': 'stg_template_validations'}}}
    )
}}

with

validations as (

    select * from {{ ref('stg_template_validations') }}

),

steps as (

    select * from {{ ref('stg_campaign_steps') }}

),

campaigns as (

    select * from {{ ref('stg_campaigns') }}

)

select
    validations.workspace_id,
    steps.campaign_id,
    validations.step_id,
    validations.variant,
    validations.template_field,
    campaigns.campaign_name || ', step ' || (steps.step_position + 1) || ', '
    || validations.template_field || ' (variant ' || validations.variant || ')'
        as subject,
    'The saved text is refused: '
    || coalesce(validations.validation_errors -> 0 ->> 'message', 'no error was kept')
        as message

from validations

inner join steps
    on
        validations.workspace_id = steps.workspace_id
        and validations.step_id = steps.step_id

inner join campaigns
    on
        steps.workspace_id = campaigns.workspace_id
        and steps.campaign_id = campaigns.campaign_id

where not validations.is_valid
