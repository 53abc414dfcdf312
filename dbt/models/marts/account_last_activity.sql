with

accounts as (

    select * from {{ ref('stg_linkedin_accounts') }}

),

workspaces as (

    select * from {{ ref('stg_workspaces') }}

),

jobs as (

    select * from {{ ref('stg_campaign_send_jobs') }}

),

linkedin_events as (

    select * from {{ ref('stg_linkedin_events') }}

),

{# A look-up reaches nobody and the end of a wait calls nobody, so neither is a send.
   The newest of each kind is read account by account: each reads one row of an index,
   while grouping would read all history. #}
newest as (

    select
        accounts.workspace_id,
        accounts.account_id,
        accounts.account_name,
        accounts.last_sync_at,
        newest_send.completed_at as last_completed_send_at,
        newest_event.received_at as last_linkedin_event_at

    from accounts

    left join lateral (
        select jobs.completed_at
        from jobs
        where
            jobs.workspace_id = accounts.workspace_id
            and jobs.account_id = accounts.account_id
            and jobs.status = 'completed'
            and jobs.action not in ('resolve_profile', 'end_wait')
            and jobs.completed_at > {{ var('as_of') }} - interval '168 hours'
            and jobs.completed_at <= {{ var('as_of') }}
        order by jobs.completed_at desc
        limit 1
    ) as newest_send on true

    left join lateral (
        select linkedin_events.received_at
        from linkedin_events
        where
            linkedin_events.workspace_id = accounts.workspace_id
            and linkedin_events.account_id = accounts.account_id
            and linkedin_events.event_type <> 'account_status'
            and linkedin_events.received_at <= {{ var('as_of') }}
        order by linkedin_events.received_at desc
        limit 1
    ) as newest_event on true

),

{# A health check proves that the session works, but no activity, so it is the last
   choice (LL#281). #}
chosen as (

    select
        *,
        coalesce(
            last_completed_send_at, last_linkedin_event_at, last_sync_at
        ) as last_activity_at,
        case
            when last_completed_send_at is not null then 'last completed send'
            when last_linkedin_event_at is not null then 'last LinkedIn event'
            when last_sync_at is not null then 'last health check'
            else 'no activity yet'
        end as last_activity_source

    from newest

)

select
    chosen.workspace_id,
    workspaces.workspace_name,
    chosen.account_id,
    chosen.account_name,
    chosen.last_activity_at,
    chosen.last_activity_source,
    chosen.last_completed_send_at,
    chosen.last_linkedin_event_at,
    chosen.last_sync_at,
    case chosen.last_activity_source
        when 'last completed send'
            then
                'Last completed send at '
                || to_char(chosen.last_activity_at at time zone 'UTC', 'HH24:MI')
                || ' UTC'
        when 'no activity yet' then 'No activity yet'
        else
            overlay(chosen.last_activity_source placing 'L' from 1 for 1)
            || ' at '
            || to_char(
                chosen.last_activity_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'
            )
            || ' UTC'
    end as tooltip

from chosen

inner join workspaces on chosen.workspace_id = workspaces.workspace_id
