with

accounts as (

    select
        workspace_id,
        account_id,
        account_name,
        {# A chosen zone takes effect at the old one's next midnight, not before. #}
        case
            when next_timezone_at <= {{ var('as_of') }} then next_timezone
            else timezone
        end as effective_timezone

    from {{ ref('stg_linkedin_accounts') }}

)

select
    workspace_id,
    account_id,
    account_name,
    effective_timezone,
    ({{ var('as_of') }} at time zone effective_timezone)::date as local_today

from accounts
