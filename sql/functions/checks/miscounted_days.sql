-- Daily counters that no history of adding one per attempt, and healing, could have
-- left: below what the rows say, or above all that was begun that day.
create or replace function outreach.miscounted_days()
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        accounts.workspace_id,
        'account ' || accounts.account_id,
        truths.action || ' on ' || truths.counted_on || ' is counted '
        || truths.cached || ', but ' || greatest(truths.actual, truths.in_flight)
        || ' count and ' || truths.attempts_begun || ' were begun'
    from outreach.linkedin_accounts as accounts
    cross join lateral outreach.daily_counter_truths(
        accounts.workspace_id, accounts.account_id, '-infinity', 'infinity'
    ) as truths
    where
        truths.cached < greatest(truths.actual, truths.in_flight)
        or truths.cached > greatest(truths.actual, truths.attempts_begun)
$$;
