{# The accept statistics of each campaign, counted from a model of int_accept_facts' rows.
   The model that calls it depends on stg_campaigns and stg_whole_provider_reads. #}
{% macro accept_stats_of(facts) -%}
with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

facts as (

    select * from {{ facts }}

),

{# An account's relations in the last complete read: a person who is not among them had
   not accepted by then. #}
last_complete_reads as (

    select
        workspace_id,
        account_id,
        max(started_at) as read_at

    from {{ ref('stg_whole_provider_reads') }}

    where
        list_name = 'relations'
        and is_complete
        and started_at <= {{ var('as_of') }}

    group by
        workspace_id,
        account_id

),

covered_facts as (

    select
        facts.*,
        coalesce(
            last_complete_reads.read_at > facts.invited_at
            and last_complete_reads.read_at > {{ var('as_of') }} - interval '24 hours',
            false
        ) as is_covered

    from facts

    left join last_complete_reads
        on
            facts.workspace_id = last_complete_reads.workspace_id
            and facts.account_id = last_complete_reads.account_id

),

counts as (

    select
        workspace_id,
        campaign_id,
        count(*) filter (where is_invited) as invites_sent_count,
        count(*) filter (where is_invite_unanswered) as invites_unanswered_count,
        count(*) filter (where is_accepted) as accept_count,
        count(*) filter (where is_accepted and is_invited) as invited_accept_count,
        count(*) filter (where is_proven) as proven_accept_count,
        count(*) filter (
            where has_accept_event and not is_accepted
        ) as reverted_accept_count,
        count(*) filter (where has_accept_event) as events_accept_count,
        count(*) filter (where has_accept_time) as prospects_accept_count,
        count(*) filter (where is_open) as open_invite_count,
        count(*) filter (where is_open and is_covered) as covered_invite_count

    from covered_facts

    group by
        workspace_id,
        campaign_id

),

filled as (

    select
        campaigns.workspace_id,
        campaigns.campaign_id,
        coalesce(counts.invites_sent_count, 0) as invites_sent_count,
        coalesce(counts.invites_unanswered_count, 0) as invites_unanswered_count,
        coalesce(counts.accept_count, 0) as accept_count,
        coalesce(counts.invited_accept_count, 0) as invited_accept_count,
        coalesce(counts.proven_accept_count, 0) as proven_accept_count,
        coalesce(counts.reverted_accept_count, 0) as reverted_accept_count,
        coalesce(counts.events_accept_count, 0) as events_accept_count,
        coalesce(counts.prospects_accept_count, 0) as prospects_accept_count,
        coalesce(counts.open_invite_count, 0) as open_invite_count,
        coalesce(counts.covered_invite_count, 0) as covered_invite_count

    from campaigns

    left join counts
        on
            campaigns.workspace_id = counts.workspace_id
            and campaigns.campaign_id = counts.campaign_id

)

select
    workspace_id,
    campaign_id,
    invites_sent_count,
    invites_unanswered_count,
    accept_count,
    proven_accept_count,
    reverted_accept_count,
    events_accept_count,
    prospects_accept_count,
    open_invite_count,
    covered_invite_count,
    {# An accept that leaked to a campaign without an invite does not count in its rate.
       #}
    round(invited_accept_count::numeric / nullif(invites_sent_count, 0), 4)
        as accept_rate,
    round(proven_accept_count::numeric / nullif(invites_sent_count, 0), 4)
        as proven_accept_rate,
    {# The lower bound: only proven accepts count, and every unanswered invite was sent.
       #}
    round(
        proven_accept_count::numeric
        / nullif(invites_sent_count + invites_unanswered_count, 0),
        4
    ) as accept_rate_lower,
    {# The upper bound: every person who may have accepted did. #}
    round(
        (
            invited_accept_count + open_invite_count - covered_invite_count
            + invites_unanswered_count
        )::numeric
        / nullif(invites_sent_count + invites_unanswered_count, 0),
        4
    ) as accept_rate_upper,
    round(covered_invite_count::numeric / nullif(open_invite_count, 0), 4)
        as coverage

from filled
{%- endmacro %}
