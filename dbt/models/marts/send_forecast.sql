{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'enrollment_id'],
    indexes=[{'columns': ['expected_at']}],
    meta={'has_kept_rows': true},
) }}

with

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

enrollments as (

    select * from {{ ref('stg_campaign_prospects') }}

),

facts as (

    select * from {{ ref('int_enrollment_facts') }}

),

clocks as (

    select * from {{ ref('int_account_clocks') }}

),

vocabulary as (

    select
        blocker,
        explanation

    from outreach.blockers()

),

{# A new release may compute a forecast in another way from the same rows. #}
releases as materialized (

    select
        hash_record_extended(
            row(
                outreach.forecast_code_digest(),
                {{ digest_of_model() }},
                pg_get_viewdef('{{ ref('int_enrollment_facts') }}'::regclass),
                pg_get_viewdef('{{ ref('int_account_clocks') }}'::regclass)
            ), 0
        ) as digest

),

digests as materialized (

    select
        workspaces.workspace_id,
        digests.account_id,
        hash_record_extended(
            row(digests.digest, releases.digest), 0
        ) as account_digest

    from workspaces

    cross join releases

    cross join lateral outreach.forecast_digests(
        workspaces.workspace_id, {{ var('as_of') }}
    ) as digests

),

outdated as (

    select
        workspace_id,
        array_agg(account_id) as account_ids

    from {{ outdated_accounts() }}

    group by workspace_id

),

{# Without the fence, a plan may run the forecast again for each enrollment. #}
forecasts as materialized (

    select
        forecast.*,
        outdated.workspace_id

    from outdated

    cross join lateral outreach.send_forecast(
        outdated.workspace_id, {{ var('as_of') }}, account_ids => outdated.account_ids
    ) as forecast

),

accounts as materialized (

    select
        digests.workspace_id,
        digests.account_id,
        digests.account_digest,
        clocks.effective_timezone

    from digests

    inner join clocks
        on
            digests.workspace_id = clocks.workspace_id
            and digests.account_id = clocks.account_id

),

{# A run over all rows looks up each enrollment too: nothing estimates the rows of a
   function, and a join of two sets read all facts again for each forecast. #}
computed as (

    select
        forecasts.workspace_id,
        forecasts.enrollment_id,
        enrollments.campaign_id,
        facts.campaign_name,
        enrollments.prospect_id,
        facts.prospect_name,
        facts.public_identifier,
        forecasts.account_id,
        facts.account_name,
        forecasts.job_id,
        forecasts.step_id,
        forecasts.action,
        forecasts.outlook,
        forecasts.expected_at,
        forecasts.earliest_at,
        forecasts.latest_at,
        forecasts.blocker,
        vocabulary.explanation,
        forecasts.jobs_ahead_count,
        forecasts.contact_action,
        forecasts.contact_at,
        accounts.effective_timezone as account_timezone,
        forecasts.expected_at at time zone accounts.effective_timezone
            as expected_local_time,
        {{ var('as_of') }} as forecast_at,
        min(
            outreach.forecast_lasts_until(
                forecasts.action, forecasts.expected_at, forecasts.latest_at,
                forecasts.jobs_ahead_count, forecasts.contact_at, facts.run_at,
                {{ var('as_of') }}
            )
        ) over (
            partition by forecasts.workspace_id, forecasts.account_id
        ) as lasts_until,
        accounts.account_digest

    from forecasts

    {{ join_per_enrollment('enrollments', 'forecasts', always=true) }}

    {{ join_per_enrollment('facts', 'forecasts', always=true) }}

    inner join accounts
        on
            forecasts.workspace_id = accounts.workspace_id
            and forecasts.account_id = accounts.account_id

    left join vocabulary
        on forecasts.blocker = vocabulary.blocker

)

select * from {{ with_kept_forecasts('computed') }}
