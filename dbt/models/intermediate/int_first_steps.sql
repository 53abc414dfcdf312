with

{# A removed step keeps its row, with a position below 0. #}
steps as (

    select *
    from {{ ref('stg_campaign_steps') }}
    where step_position >= 0

),

placed as (

    select
        workspace_id,
        step_id,
        campaign_id,
        sum(delay_after_previous) over campaign_so_far as waits_for,
        count(*) filter (
            where action not in ('wait', 'resolve_profile')
        ) over (
            campaign_so_far rows between unbounded preceding and 1 preceding
        ) as contacts_before_count

    from steps

    window campaign_so_far as (
        partition by workspace_id, campaign_id order by step_position
    )

)

select
    workspace_id,
    step_id,
    campaign_id,
    waits_for

from placed

where contacts_before_count = 0
