{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'attempt_id'],
    meta={'judged_by': 'begun_at'},
    contract={'enforced': true},
    indexes=[
        {'columns': ['refreshed_at']},
        {'columns': ['begun_at']},
    ],
) }}

{# The function below reads these tables; these lines are their lineage for dbt. #}
-- depends_on: {{ ref('stg_send_attempt_outcomes') }}
-- depends_on: {{ ref('stg_send_attempts') }}

with

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

)

{# Computed by a function, because the consistency sweep reads the same rows. #}
select
    judged.workspace_id,
    judged.attempt_id,
    judged.account_id,
    accounts.account_name,
    judged.action,
    judged.begun_at,
    judged.counted_on,
    judged.spends_a_limit,
    judged.spent_on_day,
    judged.limit_per_day,
    judged.spent_in_week,
    judged.limit_per_week,
    judged.spent_in_month,
    judged.limit_per_month,
    judged.timezone,
    judged.local_begun_at,
    judged.window_weekday,
    judged.window_opens as window_opens_at,
    judged.window_closes as window_closes_at,
    judged.is_over_day_limit,
    judged.is_over_week_limit,
    judged.is_over_month_limit,
    judged.is_over_note_limit,
    judged.is_inside_window,
    {{ var('as_of') }} as refreshed_at

from {{ changed_judgements() }}

inner join accounts
    on
        judged.workspace_id = accounts.workspace_id
        and judged.account_id = accounts.account_id
