{{ config(materialized='table') }}

-- depends_on: {{ ref('stg_whole_provider_reads') }}

with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

stats as (

    {{ accept_stats_of(ref('int_kept_accept_facts')) | indent(4) }}

)

select
    stats.workspace_id,
    workspaces.workspace_name,
    stats.campaign_id,
    campaigns.campaign_name,
    campaigns.status as campaign_status,
    stats.invites_sent_count,
    stats.invites_unanswered_count,
    stats.accept_count,
    stats.proven_accept_count,
    stats.reverted_accept_count,
    stats.events_accept_count,
    stats.prospects_accept_count,
    stats.open_invite_count,
    stats.covered_invite_count,
    stats.accept_rate,
    stats.proven_accept_rate,
    stats.accept_rate_lower,
    stats.accept_rate_upper,
    stats.coverage,
    {{ var('as_of') }} as refreshed_at

from stats

inner join campaigns
    on
        stats.workspace_id = campaigns.workspace_id
        and stats.campaign_id = campaigns.campaign_id

inner join workspaces on stats.workspace_id = workspaces.workspace_id
