with

clocks as (

    select * from {{ ref('int_account_clocks') }}

)

select
    clocks.workspace_id,
    clocks.account_id,
    clocks.local_today,
    openings.opens_at,
    openings.opens_tomorrow_at

from clocks

left join lateral outreach.account_openings(
    clocks.workspace_id, clocks.account_id, {{ var('as_of') }}
) as openings on true
