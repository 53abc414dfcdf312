with

pending as (

    select
        workspace_id,
        account_id

    from {{ ref('stg_campaign_prospects') }}

    where
        linkedin_accepted_at is null
        and (linkedin_invited_at is not null or linkedin_status = 'pending_accept')
        and linkedin_status not in ('withdrawn', 'replied')

),

{# Calls under way, and calls nobody answered: they may yet turn out to be pending. #}
perhaps_pending as (

    select
        workspace_id,
        account_id

    from {{ ref('stg_campaign_send_jobs') }}

    where
        action = 'send_invite'
        and status in ('sending', 'unknown')

),

outstanding as (

    select * from pending
    union all
    select * from perhaps_pending

)

select
    workspace_id,
    account_id,
    count(*) as outstanding_count

from outstanding

group by
    workspace_id,
    account_id
