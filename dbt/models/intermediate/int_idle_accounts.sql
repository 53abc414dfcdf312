{# A next action is late after five minutes; see int_stale_next_actions. #}
with

clocks as (

    select * from {{ ref('int_account_clocks') }}

),

openings as (

    select * from {{ ref('int_account_openings') }}

),

windows as (

    select * from {{ ref('stg_linkedin_account_sending_windows') }}

),

gaps as (

    select
        workspace_id,
        account_id,
        max(minimum_gap) as longest_gap

    from {{ ref('stg_linkedin_account_limits') }}

    group by
        workspace_id,
        account_id

),

{# Apart, so that neither reads all jobs that ever were. #}
completed_jobs as (

    select *
    from {{ ref('stg_campaign_send_jobs') }}
    where
        status = 'completed'
        and completed_at > {{ var('as_of') }} - interval '5 minutes'

),

queued_jobs as (

    select *
    from {{ ref('stg_campaign_send_jobs') }}
    where status = 'queued'

),

pauses as (

    select *
    from {{ ref('stg_pause_audit') }}
    where changed_at > {{ var('as_of') }} - interval '5 minutes'

),

open_accounts as (

    select
        clocks.workspace_id,
        clocks.account_id,
        coalesce(gaps.longest_gap, interval '0') as longest_gap,
        ({{ var('as_of') }} - interval '5 minutes')
        at time zone clocks.effective_timezone as local_grace_began_at

    from clocks

    inner join openings
        on
            clocks.workspace_id = openings.workspace_id
            and clocks.account_id = openings.account_id
            and openings.opens_at = {{ var('as_of') }}

    left join gaps
        on
            clocks.workspace_id = gaps.workspace_id
            and clocks.account_id = gaps.account_id

    {# At midnight a new day's limit begins. #}
    where
        (
            ({{ var('as_of') }} - interval '5 minutes')
            at time zone clocks.effective_timezone
        )::date = clocks.local_today

),

moves as (

    select
        attempts.workspace_id,
        attempts.account_id,
        attempts.begun_at + open_accounts.longest_gap as moved_at

    from {{ ref('stg_send_attempts') }} as attempts

    inner join open_accounts
        on
            attempts.workspace_id = open_accounts.workspace_id
            and attempts.account_id = open_accounts.account_id

    where attempts.begun_at > {{ var('as_of') }} - interval '24 hours'

    union all

    {# The end of a wait makes no call and has no attempt. #}
    select
        open_accounts.workspace_id,
        open_accounts.account_id,
        last_jobs.completed_at as moved_at

    from open_accounts

    cross join
        lateral (
            select max(completed_jobs.completed_at) as completed_at
            from completed_jobs
            where
                open_accounts.workspace_id = completed_jobs.workspace_id
                and open_accounts.account_id = completed_jobs.account_id
        ) as last_jobs

    union all

    select
        workspace_id,
        account_id,
        held_until as moved_at

    from {{ ref('stg_linkedin_account_holds') }}

    union all

    select
        workspace_id,
        account_id,
        flipped_at as moved_at

    from {{ ref('stg_linkedin_account_status_audit') }}

    union all

    {# A job that was paused until now could not have been sent before. #}
    select
        workspace_id,
        subject_id as account_id,
        changed_at as moved_at

    from pauses

    where subject = 'account'

    union all

    select
        pauses.workspace_id,
        queued_jobs.account_id,
        pauses.changed_at as moved_at

    from pauses

    inner join queued_jobs
        on
            pauses.workspace_id = queued_jobs.workspace_id
            and pauses.subject_id = queued_jobs.campaign_id

    where pauses.subject = 'campaign'

    union all

    select
        pauses.workspace_id,
        queued_jobs.account_id,
        pauses.changed_at as moved_at

    from pauses

    inner join queued_jobs
        on
            pauses.workspace_id = queued_jobs.workspace_id
            and pauses.subject_id = queued_jobs.enrollment_id

    where pauses.subject = 'enrollment'

),

{# One row per account, joined once, so that the moves are not read again for each
   account. #}
last_moves as materialized (

    select
        workspace_id,
        account_id,
        max(moved_at) as last_moved_at

    from moves

    group by
        workspace_id,
        account_id

)

select
    open_accounts.workspace_id,
    open_accounts.account_id

from open_accounts

left join last_moves
    on
        open_accounts.workspace_id = last_moves.workspace_id
        and open_accounts.account_id = last_moves.account_id

where
    coalesce(
        last_moves.last_moved_at <= {{ var('as_of') }} - interval '5 minutes', true
    )
    and exists (
        select 1
        from windows
        where
            open_accounts.workspace_id = windows.workspace_id
            and open_accounts.account_id = windows.account_id
            and outreach.is_inside_window(
                open_accounts.local_grace_began_at,
                windows.weekday,
                windows.opens_at,
                windows.closes_at
            )
    )
