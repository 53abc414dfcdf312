select
    workspace_id,
    account_id,
    count(*) filter (
        where status = 'queued' and run_at <= {{ var('as_of') }}
    ) as due_count,
    count(*) filter (where status = 'queued') as queued_count,
    count(*) filter (where status = 'claimed') as claimed_count,
    count(*) filter (where status = 'sending') as sending_count,
    count(*) filter (where status = 'unknown') as unknown_count,
    count(*) filter (where status = 'parked') as parked_count,
    min(run_at) filter (
        where status = 'queued' and run_at <= {{ var('as_of') }}
    ) as oldest_due_at

from {{ ref('stg_campaign_send_jobs') }}

{# The predicate of the partial index on live jobs: finished ones are not read. #}
where outreach.is_live_job(status)

group by
    workspace_id,
    account_id
