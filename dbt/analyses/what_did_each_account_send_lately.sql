-- What did each account send in the last 14 days, and how many sends did it begin?
select
    account_id,
    action,
    count(*) filter (where counter > 0) as active_days_count,
    sum(actual) as sent_count,
    sum(counter) as counted_count,
    sum(attempts_begun) as begun_count,
    max(counter) as busiest_day_count

from {{ ref('daily_account_counters') }}

where
    counted_on > (
        select max(newest.counted_on) - 14
        from {{ ref('daily_account_counters') }} as newest
    )

group by
    workspace_id,
    account_id,
    action

having sum(attempts_begun) > 0

order by
    sent_count desc,
    account_id asc,
    action asc
