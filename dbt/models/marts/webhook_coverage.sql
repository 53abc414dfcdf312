with

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

coverage as (

    select
        workspace_id,
        account_id,
        provider_account_id,
        read_at,
        bool_or(is_covered) filter (
            where wanted_event = 'new_relation'
        ) as covers_new_relation,
        bool_or(is_covered) filter (
            where wanted_event = 'message_received'
        ) as covers_message_received,
        bool_or(is_covered) filter (
            where wanted_event = 'account_status'
        ) as covers_account_status,
        bool_and(coalesce(is_covered, false)) as is_covered,
        string_agg(wanted_event, ', ' order by wanted_event) filter (
            where not is_covered
        ) as missing_events

    from {{ ref('int_webhook_event_coverage') }}

    group by
        workspace_id,
        account_id,
        provider_account_id,
        read_at

)

select
    coverage.workspace_id,
    workspaces.workspace_name,
    coverage.account_id,
    accounts.account_name,
    accounts.status as account_status,
    case
        when coverage.provider_account_id is null then 'not linked'
        when coverage.read_at is null then 'unknown'
        when coverage.is_covered then 'covered'
        else 'missing'
    end as coverage,
    coverage.is_covered,
    coverage.covers_new_relation,
    coverage.covers_message_received,
    coverage.covers_account_status,
    coverage.missing_events,
    coverage.read_at,
    coverage.read_at < {{ var('as_of') }} - interval '48 hours' as is_outdated

from coverage

inner join accounts
    on
        coverage.workspace_id = accounts.workspace_id
        and coverage.account_id = accounts.account_id

inner join workspaces on coverage.workspace_id = workspaces.workspace_id
