with

accounts as (

    select *
    from {{ ref('stg_linkedin_accounts') }}
    where status <> 'deleted'

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

provider_accounts as (

    select * from {{ ref('stg_provider_accounts') }}

),

lists as (

    select * from {{ ref('int_webhook_lists') }}

),

wanted_events as (

    select distinct wanted_event from {{ ref('stg_provider_webhook_events') }}

),

{# The function that decides it for the polls, too. #}
told as (

    select
        lists.provider_dsn,
        told_events.wanted_event,
        told_events.provider_account_ids

    from lists

    cross join lateral outreach.told_webhook_events(lists.list_items) as told_events

)

select
    accounts.workspace_id,
    accounts.account_id,
    wanted_events.wanted_event,
    provider_accounts.provider_account_id,
    lists.read_at,
    case
        when lists.read_at is not null and provider_accounts.workspace_id is not null
            then exists (
                select told.provider_dsn
                from told
                where
                    told.provider_dsn = lists.provider_dsn
                    and told.wanted_event = wanted_events.wanted_event
                    and outreach.is_told_of(
                        told.provider_account_ids,
                        provider_accounts.provider_account_id
                    )
            )
    end as is_covered

from accounts

inner join workspaces on accounts.workspace_id = workspaces.workspace_id

cross join wanted_events

left join provider_accounts
    on
        accounts.workspace_id = provider_accounts.workspace_id
        and accounts.account_id = provider_accounts.account_id

left join lists
    on
        coalesce(provider_accounts.provider_dsn, workspaces.provider_dsn)
        = lists.provider_dsn
