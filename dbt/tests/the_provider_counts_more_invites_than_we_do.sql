-- Fails for each account of whose invites the provider counts far more than we do, by
-- the newest share of its limit that it gave within a day. What to do: find out who
-- else invites with the account (a person, another tool), and lower its limits by as
-- much. The provider does not say what its limit is: the variable
-- provider_invites_per_week holds the published one. A row fails only above twice our
-- own count and 20 more, and only if our daily limit is not nearly spent either.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'int_judged_attempts'}}}
) }}

with

answers as (

    select * from {{ ref('stg_send_attempt_outcomes') }}

),

attempts as (

    select * from {{ ref('int_judged_attempts') }}

),

newest_shares as (

    select distinct on (attempts.workspace_id, attempts.account_id)
        attempts.workspace_id,
        attempts.account_id,
        attempts.account_name,
        attempts.attempt_id,
        attempts.begun_at,
        attempts.spent_on_day,
        attempts.limit_per_day,
        attempts.spent_in_week,
        answers.provider_usage_percent,
        answers.provider_usage_percent / 100
        * {{ var('provider_invites_per_week') }} as provider_count

    from attempts

    inner join answers
        on
            attempts.workspace_id = answers.workspace_id
            and attempts.attempt_id = answers.attempt_id

    where
        answers.provider_usage_percent is not null
        and attempts.action = 'send_invite'
        and attempts.begun_at > {{ var('as_of') }} - interval '24 hours'

    order by
        attempts.workspace_id asc,
        attempts.account_id asc,
        attempts.attempt_id desc

)

select
    workspace_id,
    account_id,
    attempt_id,
    begun_at,
    spent_on_day,
    spent_in_week,
    provider_usage_percent,
    account_name || ' (account ' || account_id || ')' as subject,
    'The provider says that ' || provider_usage_percent || ' percent of its limit of '
    || 'invites is used; we count ' || spent_in_week || ' in 7 x 24 hours and '
    || spent_on_day || ' of ' || limit_per_day || ' on the day.' as message

from newest_shares

where
    provider_count > 2 * spent_in_week + 20
    and provider_usage_percent > 100.0 * spent_on_day / nullif(limit_per_day, 0) + 20
