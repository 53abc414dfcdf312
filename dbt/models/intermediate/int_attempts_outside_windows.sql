with

attempts as (

    select
        *,
        begun_at at time zone timezone as local_begun_at

    from {{ ref('stg_send_attempts') }}

    where begun_at > {{ judged_since() }}

),

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

)

select
    attempts.workspace_id,
    attempts.attempt_id,
    attempts.account_id,
    accounts.account_name,
    attempts.action,
    attempts.timezone,
    attempts.local_begun_at,
    attempts.window_weekday,
    attempts.window_opens_at,
    attempts.window_closes_at

from attempts

inner join accounts
    on
        attempts.workspace_id = accounts.workspace_id
        and attempts.account_id = accounts.account_id

where
    not outreach.is_inside_window(
        attempts.local_begun_at,
        attempts.window_weekday,
        attempts.window_opens_at,
        attempts.window_closes_at
    )
