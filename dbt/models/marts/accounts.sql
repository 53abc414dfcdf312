{{ config(
    materialized='kept_table',
    unique_key=['workspace_id', 'account_id'],
    indexes=[{'columns': ['refreshed_at']}],
) }}

with

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

clocks as (

    select * from {{ ref('int_account_clocks') }}

)

select
    accounts.workspace_id,
    accounts.account_id,
    workspaces.workspace_name,
    accounts.account_name,
    accounts.first_name,
    accounts.last_name,
    accounts.status as account_status,
    clocks.effective_timezone as timezone,
    accounts.has_premium,
    accounts.created_at,
    {{ var('as_of') }} as refreshed_at

from accounts

inner join workspaces on accounts.workspace_id = workspaces.workspace_id

inner join clocks
    on
        accounts.workspace_id = clocks.workspace_id
        and accounts.account_id = clocks.account_id

where accounts.created_at <= {{ var('as_of') }}
