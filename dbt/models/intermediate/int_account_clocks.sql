with

accounts as (

    select
        workspace_id,
        account_id,
        account_name,
        outreach.account_timezone(
            timezone, next_timezone, next_timezone_at, {{ var('as_of') }}
        ) as effective_timezone

    from {{ ref('stg_linkedin_accounts') }}

)

select
    workspace_id,
    account_id,
    account_name,
    effective_timezone,
    ({{ var('as_of') }} at time zone effective_timezone)::date as local_today

from accounts
