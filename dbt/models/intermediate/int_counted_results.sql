{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'enrollment_id', 'step_id', 'variant', 'result'],
    meta={'of_enrollments': true},
    contract={'enforced': true},
    indexes=[{'columns': ['refreshed_at']}],
) }}

{# The macros read these models in a run over changed rows. #}
-- depends_on: {{ ref('stg_send_attempt_outcomes') }}
-- depends_on: {{ ref('stg_send_attempts') }}
-- depends_on: {{ ref('stg_workspaces') }}

with

results as (

    select *
    from {{ ref('int_step_results') }}
    where step_id is not null

)

select
    workspace_id,
    enrollment_id,
    campaign_id,
    step_id,
    variant,
    result,
    {# A person accepts once, also after a second invite. #}
    case result when 'accepted' then 1 else count(*) end::integer
        as result_count,
    {{ var('as_of') }} as refreshed_at

from {{ of_changed_enrollments('results', with_attempts=true) }}

group by
    workspace_id,
    enrollment_id,
    campaign_id,
    step_id,
    variant,
    result
