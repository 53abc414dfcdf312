{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'attempt_id'],
    meta={'judged_by': 'intended_at'},
    indexes=[
        {'columns': ['refreshed_at']},
        {'columns': ['intended_at']},
    ],
) }}

{# The macros read these models in a run over changed rows. #}
-- depends_on: {{ ref('stg_send_attempt_outcomes') }}
-- depends_on: {{ ref('stg_send_attempts') }}
-- depends_on: {{ ref('stg_workspaces') }}

with

latest_attempts as (

    select *
    from {{ ref('int_send_attempts') }}
    where
        begun_at > {{ judged_since() }}
        and begun_at <= {{ var('as_of') }}

),

attempts as (

    select * from {{ of_changed_proofs('latest_attempts') }}

),

prospects as (

    select * from {{ ref('stg_prospects') }}

),

reads as (

    select * from {{ ref('stg_whole_provider_reads') }}

),

observed_items as (

    select * from {{ ref('int_observed_items') }}

),

{# Items in reads that began after it; an older invite of the person is not it. #}
observed as (

    select
        attempts.workspace_id,
        attempts.attempt_id,
        min(observed_items.first_seen_at) as observed_at,
        max(observed_items.last_seen_at) as last_observed_at

    from attempts

    left join prospects
        on
            attempts.workspace_id = prospects.workspace_id
            and attempts.prospect_id = prospects.prospect_id

    inner join observed_items
        on
            attempts.workspace_id = observed_items.workspace_id
            and attempts.account_id = observed_items.account_id
            and attempts.begun_at <= observed_items.last_seen_at
            and (
                observed_items.happened_at is null
                or observed_items.happened_at > attempts.begun_at - interval '24 hours'
            )
            and (
                (
                    attempts.action = 'send_invite'
                    and observed_items.list_name in ('sent_invitations', 'relations')
                    and (
                        attempts.recipient_provider_id = observed_items.provider_id
                        or prospects.public_identifier
                        = observed_items.public_identifier
                    )
                )
                or (
                    attempts.action <> 'send_invite'
                    and attempts.request_sha256 = observed_items.request_sha256
                )
            )

    group by
        attempts.workspace_id,
        attempts.attempt_id

),

judged as (

    select
        attempts.*,
        observed.observed_at,
        observed.last_observed_at,
        count(*) filter (where attempts.attempt_state <> 'unsent') over (
            partition by
                attempts.workspace_id,
                attempts.account_id,
                attempts.prospect_id,
                attempts.action
        ) > 0 as has_a_likely_twin,
        (
            attempts.action = 'send_invite'
            and (
                select count(distinct reads.list_name)
                from reads
                where
                    reads.workspace_id = attempts.workspace_id
                    and reads.account_id = attempts.account_id
                    and reads.list_name in ('sent_invitations', 'relations')
                    and reads.is_complete
                    and reads.started_at
                    >= attempts.begun_at + interval '15 minutes'
                    and reads.started_at <= {{ var('as_of') }}
            ) = 2
        ) as is_read_completely

    from attempts

    left join observed
        on
            attempts.workspace_id = observed.workspace_id
            and attempts.attempt_id = observed.attempt_id

)

select
    workspace_id,
    attempt_id,
    job_id,
    enrollment_id,
    campaign_id,
    step_id,
    prospect_id,
    account_id,
    action,
    begun_at as intended_at,
    attempt_state,
    answered_class,
    answered_reference,
    observed_at,
    last_observed_at,
    outreach.proof_of_send(
        attempt_state,
        observed_at is not null,
        has_an_echo,
        observed_at is not null and not has_a_likely_twin,
        is_read_completely,
        answered_reference is not null
    ) as proof,
    {{ var('as_of') }} as refreshed_at

from judged
