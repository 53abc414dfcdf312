with

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

flips as (

    select *
    from {{ ref('stg_linkedin_account_status_audit') }}
    where flipped_at <= {{ var('as_of') }}

),

{# A flip always changes the status, so the newest one began the present status. #}
newest_flips as (

    select distinct on (workspace_id, account_id) *

    from flips

    order by
        workspace_id asc,
        account_id asc,
        status_seq desc

),

connections as (

    select
        workspace_id,
        account_id,
        max(flipped_at) as last_connected_at

    from flips

    where to_status = 'connected'

    group by
        workspace_id,
        account_id

),

explained as (

    select
        accounts.workspace_id,
        accounts.account_id,
        accounts.account_name,
        newest_flips.flipped_at as since,
        newest_flips.from_status as previous_status,
        newest_flips.reason,
        newest_flips.actor,
        connections.last_connected_at,
        accounts.last_sync_at as last_checked_at,
        accounts.status as stored_status,
        coalesce(newest_flips.to_status, accounts.status) as status,
        coalesce(newest_flips.to_status = accounts.status, false) as is_explained

    from accounts

    left join newest_flips
        on
            accounts.workspace_id = newest_flips.workspace_id
            and accounts.account_id = newest_flips.account_id

    left join connections
        on
            accounts.workspace_id = connections.workspace_id
            and accounts.account_id = connections.account_id

    where accounts.created_at <= {{ var('as_of') }}

)

select
    explained.workspace_id,
    workspaces.workspace_name,
    explained.account_id,
    explained.account_name,
    explained.status,
    explained.since,
    explained.previous_status,
    explained.reason,
    explained.actor,
    explained.last_connected_at,
    explained.last_checked_at,
    explained.stored_status,
    explained.is_explained,
    initcap(explained.status)
    || coalesce(
        ' since '
        || to_char(explained.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
        || ' UTC',
        ', nobody wrote since when'
    ) as pill

from explained

inner join workspaces on explained.workspace_id = workspaces.workspace_id
