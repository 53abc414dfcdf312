with

attempts as (

    select * from {{ ref('stg_send_attempts') }}

),

outcomes as (

    select * from {{ ref('stg_send_attempt_outcomes') }}

),

unknown_jobs as (

    select *
    from {{ ref('stg_campaign_send_jobs') }}
    where status = 'unknown'

),

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

prospects as (

    select * from {{ ref('stg_prospects') }}

),

steps as (

    select * from {{ ref('stg_campaign_steps') }}

),

reads as (

    select * from {{ ref('stg_whole_provider_reads') }}

),

lost as (

    select
        unknown_jobs.workspace_id,
        unknown_jobs.job_id,
        newest_attempt.attempt_id,
        newest_attempt.prospect_id,
        newest_attempt.recipient_provider_id,
        newest_attempt.begun_at,
        silence.detail as lost_because,
        coalesce(silence.recorded_at, newest_attempt.begun_at) as lost_at

    from unknown_jobs

    inner join lateral (
        select attempts.*
        from attempts
        where
            attempts.workspace_id = unknown_jobs.workspace_id
            and attempts.job_id = unknown_jobs.job_id
        order by attempts.attempt_id desc
        limit 1
    ) as newest_attempt on true

    left join lateral (
        select
            outcomes.recorded_at,
            coalesce(
                outcomes.detail, outcomes.error_type, outcomes.http_status::text
            ) as detail
        from outcomes
        where
            outcomes.workspace_id = newest_attempt.workspace_id
            and outcomes.attempt_id = newest_attempt.attempt_id
            and outcomes.outcome_means = 'unknown'
        order by outcomes.recorded_at desc
        limit 1
    ) as silence on true

),

{# People are joined once: a CTE that is read twice is computed for all of them. A
   comment's step has the name of the custom field with the post. #}
known as (

    select
        lost.*,
        unknown_jobs.enrollment_id,
        unknown_jobs.campaign_id,
        unknown_jobs.account_id,
        unknown_jobs.action,
        prospects.public_identifier,
        prospects.custom_values
        ->> regexp_replace(steps.step_settings ->> 'post', '^custom\.', '')
            as social_id

    from lost

    inner join unknown_jobs
        on
            lost.workspace_id = unknown_jobs.workspace_id
            and lost.job_id = unknown_jobs.job_id

    left join steps
        on
            unknown_jobs.workspace_id = steps.workspace_id
            and unknown_jobs.step_id = steps.step_id

    {# An answer to a reply may be to a person who is in no list. #}
    left join prospects
        on
            lost.workspace_id = prospects.workspace_id
            and lost.prospect_id = prospects.prospect_id

),

{# A message is searched in two lists, of which the list of chats is always read. #}
asked as (

    select
        known.*,
        read_counts.complete_read_count,
        read_counts.is_profile_read,
        read_counts.last_asked_at

    from known

    left join lateral (
        select
            count(*) filter (
                where reads.is_complete and reads.list_name <> 'profile'
            ) as complete_read_count,
            coalesce(
                bool_or(reads.is_complete and reads.list_name = 'profile'), false
            ) as is_profile_read,
            max(reads.started_at) as last_asked_at
        from reads
        where
            reads.workspace_id = known.workspace_id
            and reads.account_id = known.account_id
            and reads.started_at >= known.lost_at + interval '15 minutes'
            and (
                (
                    known.action = 'send_invite'
                    and reads.list_name = 'sent_invitations'
                )
                or (
                    known.action = 'send_invite'
                    and reads.list_name = 'profile'
                    and reads.list_subject = known.recipient_provider_id
                )
                or (
                    known.action in ('send_message', 'send_inmail', 'answer_reply')
                    and reads.list_name = 'chats'
                    and reads.list_subject = 'unknown_sends'
                )
                or (
                    known.action = 'comment'
                    and reads.list_name = 'post_comments'
                    and reads.list_subject = known.social_id
                )
            )
    ) as read_counts on true

)

select
    asked.workspace_id,
    asked.attempt_id,
    asked.job_id,
    asked.enrollment_id,
    asked.campaign_id,
    campaigns.campaign_name,
    asked.account_id,
    accounts.account_name,
    coalesce(
        asked.public_identifier, asked.recipient_provider_id
    ) as public_identifier,
    asked.action,
    asked.begun_at,
    asked.lost_at,
    asked.lost_because,
    asked.complete_read_count,
    asked.last_asked_at,
    case
        when asked.lost_at > {{ var('as_of') }} - interval '15 minutes'
            then 'the provider, from 15 minutes after the loss on'
        when
            asked.is_profile_read
            or (
                asked.action <> 'send_invite'
                and asked.complete_read_count >= 2
            )
            then 'a person'
        when
            not outreach.may_use_product(
                accounts.status, accounts.product_states, 'classic'
            )
            then 'the account to be connected'
        else 'the provider'
    end as waits_for

from asked

inner join accounts
    on
        asked.workspace_id = accounts.workspace_id
        and asked.account_id = accounts.account_id

{# An answer to a reply is of no campaign. #}
left join campaigns
    on
        asked.workspace_id = campaigns.workspace_id
        and asked.campaign_id = campaigns.campaign_id
