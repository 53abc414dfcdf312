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

event_names as (

    select * from {{ ref('stg_provider_webhook_events') }}

),

wanted_events as (

    select distinct wanted_event from event_names

),

{# A list shows events and no source. A subscription without events covers no account;
   the joins leave it out. #}
told as (

    select
        lists.provider_dsn,
        event_names.wanted_event,
        items.item -> 'account_ids' as account_ids

    from lists

    cross join lateral jsonb_array_elements(lists.list_items) as items (item)

    cross join lateral jsonb_path_query(items.item, '$.events[*]') as shown (event)

    inner join event_names on lower(shown.event #>> '{}') = event_names.event_name

    where items.item ->> 'is_sound' = 'true'

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
                    told.provider_dsn = workspaces.provider_dsn
                    and told.wanted_event = wanted_events.wanted_event
                    and (
                        told.account_ids = '[]'
                        or told.account_ids @> to_jsonb(
                            provider_accounts.provider_account_id
                        )
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

left join lists on workspaces.provider_dsn = lists.provider_dsn
