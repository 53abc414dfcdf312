with

{# The function that decides it for the sender, too. #}
accounts as (

    select
        *,
        outreach.may_use_product(status, product_states, 'classic') as is_usable

    from {{ ref('stg_linkedin_accounts') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

clocks as (

    select * from {{ ref('int_account_clocks') }}

),

live_jobs as (

    select * from {{ ref('int_live_job_counts') }}

),

invite_limits as (

    select *
    from {{ ref('stg_linkedin_account_limits') }}
    where action = 'send_invite' and limit_per = 'day'

),

invites as (

    select *
    from {{ ref('account_counter_drift') }}
    where action = 'send_invite'

)

{# Each account has a clock, and a left join is estimated at as many. After an inner
   join, estimated at few, each account was compared with the invites of every other. #}
select
    accounts.workspace_id,
    workspaces.workspace_name,
    accounts.account_id,
    accounts.account_name,
    accounts.status as account_status,
    accounts.paused_at,
    accounts.paused_reason,
    accounts.is_usable and accounts.paused_at is null as is_sendable,
    case
        when not accounts.is_usable then 'account is ' || accounts.status
        when accounts.paused_at is not null then 'paused: ' || accounts.paused_reason
    end as not_sendable_because,
    coalesce(live_jobs.due_count, 0) as due_count,
    coalesce(live_jobs.queued_count, 0) as queued_count,
    coalesce(live_jobs.claimed_count, 0) as claimed_count,
    coalesce(live_jobs.sending_count, 0) as sending_count,
    coalesce(live_jobs.unknown_count, 0) as unknown_count,
    coalesce(live_jobs.parked_count, 0) as parked_count,
    live_jobs.oldest_due_at,
    clocks.local_today,
    coalesce(invites.actual, 0) as invites_sent_today_count,
    {# Sent, unknown and open attempts, which a limit counts. #}
    coalesce(invites.in_flight, 0) as invites_spent_today_count,
    outreach.ramped_limit(
        invite_limits.limit_count,
        invite_limits.goal_count,
        invite_limits.growth_per_day,
        invite_limits.ramp_starts_on,
        clocks.local_today
    ) as invite_limit_today

from accounts

inner join workspaces on accounts.workspace_id = workspaces.workspace_id

left join clocks
    on
        accounts.workspace_id = clocks.workspace_id
        and accounts.account_id = clocks.account_id

left join live_jobs
    on
        accounts.workspace_id = live_jobs.workspace_id
        and accounts.account_id = live_jobs.account_id

left join invite_limits
    on
        accounts.workspace_id = invite_limits.workspace_id
        and accounts.account_id = invite_limits.account_id

left join invites
    on
        accounts.workspace_id = invites.workspace_id
        and accounts.account_id = invites.account_id
