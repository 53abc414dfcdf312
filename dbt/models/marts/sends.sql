{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'attempt_id'],
    indexes=[
        {'columns': ['refreshed_at']},
        {'columns': ['workspace_id', 'enrollment_id']},
        {'columns': ['workspace_id', 'account_id', 'local_date']},
        {'columns': ['workspace_id', 'campaign_id']},
        {'columns': ['workspace_id', 'step_id']},
        {'columns': ['local_date']},
    ],
) }}

{# The macros read these models in a run over changed rows. #}
-- depends_on: {{ ref('stg_send_attempt_outcomes') }}
-- depends_on: {{ ref('stg_send_attempts') }}
-- depends_on: {{ ref('stg_workspaces') }}

with

attempts as (

    select *
    from {{ ref('int_send_attempts') }}
    where begun_at <= {{ var('as_of') }}

),

{# A send is kept with the enrollment, the account and the step that it refers to. An
   answer to a person in no campaign has no enrollment and no step. #}
enrollments as (

    select * from {{ ref('enrollments') }}

),

accounts as (

    select * from {{ ref('accounts') }}

),

steps as (

    select * from {{ ref('steps') }}

),

proofs as (

    select * from {{ ref('send_proofs') }}

),

replied_sends as (

    select * from {{ ref('int_replied_sends') }}

)

select
    attempts.workspace_id,
    attempts.attempt_id,
    attempts.enrollment_id,
    attempts.prospect_id,
    enrollments.prospect_name,
    attempts.campaign_id,
    attempts.account_id,
    attempts.step_id,
    attempts.action,
    attempts.variant,
    attempts.begun_at,
    attempts.timezone,
    attempts.counted_on as local_date,
    extract(hour from attempts.begun_at at time zone attempts.timezone)::integer
        as local_hour,
    attempts.attempt_state as outcome,
    attempts.answered_class,
    {# Without the provider's lists, which are compared for seven days only. #}
    coalesce(
        proofs.proof,
        outreach.proof_of_send(
            attempts.attempt_state,
            false,
            attempts.has_an_echo,
            false,
            false,
            attempts.answered_reference is not null
        )
    ) as proof,
    case
        when replied_sends.attempt_id = attempts.attempt_id
            then replied_sends.replied_at
    end as replied_at,
    {{ var('as_of') }} as refreshed_at

from {{ of_changed_attempts('attempts') }}

inner join accounts
    on
        attempts.workspace_id = accounts.workspace_id
        and attempts.account_id = accounts.account_id

left join enrollments
    on
        attempts.workspace_id = enrollments.workspace_id
        and attempts.enrollment_id = enrollments.enrollment_id

left join steps
    on
        attempts.workspace_id = steps.workspace_id
        and attempts.step_id = steps.step_id

left join proofs
    on
        attempts.workspace_id = proofs.workspace_id
        and attempts.attempt_id = proofs.attempt_id

{{ join_per_enrollment('replied_sends', 'attempts') }}

where
    (attempts.enrollment_id is null or enrollments.enrollment_id is not null)
    and (attempts.step_id is null or steps.step_id is not null)
