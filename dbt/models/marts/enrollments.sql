{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'enrollment_id'],
    indexes=[
        {'columns': ['refreshed_at']},
        {'columns': ['workspace_id', 'campaign_id']},
        {'columns': ['workspace_id', 'account_id']},
        {'columns': ['workspace_id', 'prospect_id']},
    ],
) }}

{# The macros read these models in a run over changed rows. #}
-- depends_on: {{ ref('stg_workspaces') }}

with

enrollments as (

    select *
    from {{ ref('stg_campaign_prospects') }}
    where created_at <= {{ var('as_of') }}

),

prospects as (

    select * from {{ ref('stg_prospects') }}

),

{# An enrollment is kept with the account and the campaign that it refers to. #}
accounts as (

    select * from {{ ref('accounts') }}

),

campaigns as (

    select * from {{ ref('campaigns') }}

),

invites as (

    select * from {{ ref('int_enrollment_invites') }}

),

accepts as (

    select * from {{ ref('int_enrollment_accepts') }}

),

intervals as (

    select * from {{ ref('int_accept_intervals') }}

),

milestones as (

    select * from {{ ref('int_enrollment_milestones') }}

),

variants as (

    select * from {{ ref('int_enrollment_variants') }}

),

told as (

    select
        enrollments.workspace_id,
        enrollments.enrollment_id,
        enrollments.campaign_id,
        enrollments.prospect_id,
        enrollments.account_id,
        enrollments.linkedin_status,
        enrollments.failed_classification,
        enrollments.created_at as enrolled_at,
        variants.variant,
        milestones.first_message_at,
        milestones.first_replied_at,
        accepts.accepted_at,
        coalesce(milestones.sent_count, 0) as sent_count,
        coalesce(milestones.reply_count, 0) as reply_count,
        coalesce(milestones.status_since, enrollments.created_at) as status_since,
        enrollments.linkedin_status in (
            'completed', 'replied', 'failed', 'withdrawn'
        ) as is_ended,
        coalesce(accepts.is_accepted, false) as is_accepted,
        case when invites.is_sent then invites.first_invited_at end as invited_at,
        case when accepts.is_accepted then intervals.accepted_after end
            as accepted_after,
        case when accepts.is_accepted then intervals.accepted_before end
            as accepted_before

    from {{ of_changed_enrollments('enrollments') }}

    {{ join_per_enrollment('invites', 'enrollments') }}

    {{ join_per_enrollment('accepts', 'enrollments') }}

    {{ join_per_enrollment('intervals', 'enrollments') }}

    {{ join_per_enrollment('milestones', 'enrollments') }}

    {{ join_per_enrollment('variants', 'enrollments') }}

)

select
    told.workspace_id,
    told.enrollment_id,
    accounts.workspace_name,
    told.campaign_id,
    campaigns.campaign_name,
    told.prospect_id,
    concat_ws(' ', prospects.first_name, prospects.last_name) as prospect_name,
    prospects.public_identifier,
    prospects.company,
    prospects.job_title,
    told.account_id,
    accounts.account_name,
    accounts.timezone,
    told.enrolled_at,
    told.invited_at,
    (told.invited_at at time zone accounts.timezone)::date as invited_on,
    told.is_accepted,
    told.accepted_at,
    told.accepted_after,
    told.accepted_before,
    (told.accepted_at at time zone accounts.timezone)::date as accepted_on,
    told.first_message_at,
    told.first_replied_at,
    (told.first_replied_at at time zone accounts.timezone)::date as replied_on,
    told.reply_count,
    told.sent_count,
    told.variant,
    told.linkedin_status,
    told.status_since,
    told.is_ended,
    case when told.is_ended then told.status_since end as ended_at,
    case when told.is_ended then told.linkedin_status end as ended_as,
    told.failed_classification as ended_because,
    {{ var('as_of') }} as refreshed_at

from told

inner join prospects
    on
        told.workspace_id = prospects.workspace_id
        and told.prospect_id = prospects.prospect_id

inner join accounts
    on
        told.workspace_id = accounts.workspace_id
        and told.account_id = accounts.account_id

inner join campaigns
    on
        told.workspace_id = campaigns.workspace_id
        and told.campaign_id = campaigns.campaign_id
