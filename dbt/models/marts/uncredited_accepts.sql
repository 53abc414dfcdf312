with

credits as (

    select *
    from {{ ref('stg_accept_credits') }}
    where decided_at <= {{ var('as_of') }}

),

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

{# Decisions are append-only; the newest for a person and invite is valid. #}
standing as (

    select distinct on (workspace_id, account_id, person, invite_event_id) *

    from credits

    order by
        workspace_id asc,
        account_id asc,
        person asc,
        invite_event_id asc,
        credit_id desc

)

select
    standing.workspace_id,
    standing.credit_id,
    workspaces.workspace_name,
    standing.account_id,
    accounts.account_name,
    standing.person,
    standing.reason,
    standing.signal_count,
    standing.accepted_at,
    standing.decided_at

from standing

inner join workspaces on standing.workspace_id = workspaces.workspace_id

inner join accounts
    on
        standing.workspace_id = accounts.workspace_id
        and standing.account_id = accounts.account_id

where not standing.is_credited
