{# Many stale next actions have the same account and moment; each pair is clamped once.
   #}
with

moments as (

    select
        workspace_id,
        account_id,
        not_before_at

    from {{ ref('int_stale_next_actions') }}

    where not_before_at is not null

    group by
        workspace_id,
        account_id,
        not_before_at

)

select
    moments.workspace_id,
    moments.account_id,
    moments.not_before_at,
    openings.opens_at as clamped_to

from moments

left join lateral outreach.account_openings(
    moments.workspace_id, moments.account_id, moments.not_before_at
) as openings on true
