{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'enrollment_id'],
    meta={'of_enrollments': true},
    contract={'enforced': true},
    indexes=[{'columns': ['refreshed_at']}],
) }}

{# The macros read these models in a run over changed rows. #}
-- depends_on: {{ ref('stg_send_attempt_outcomes') }}
-- depends_on: {{ ref('stg_send_attempts') }}
-- depends_on: {{ ref('stg_workspaces') }}

with

facts as (

    select * from {{ ref('int_accept_facts') }}

)

select
    workspace_id,
    enrollment_id,
    campaign_id,
    account_id,
    invited_at,
    is_invited,
    is_invite_unanswered,
    is_accepted,
    is_proven,
    has_accept_event,
    has_accept_time,
    is_open,
    {{ var('as_of') }} as refreshed_at

from {{ of_changed_enrollments('facts', with_attempts=true) }}
