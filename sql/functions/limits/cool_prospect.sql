-- Sets a cooldown of one action of one account for one person: the job stays queued
-- with its time, and a claim skips it. A cooldown is never shortened.
create or replace function outreach.cool_prospect(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes,
    cool_for interval
)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    insert into outreach.prospect_cooldowns as cooldowns (
        workspace_id, account_id, prospect_id, action, cooled_until, reason
    )
    values (
        ($1).workspace_id, ($1).account_id, ($1).prospect_id, ($1).action,
        coalesce(
            outreach.retry_after_moment(($2).retry_after, ($2).recorded_at),
            ($2).recorded_at + $3
        ),
        coalesce(($2).error_type, ($2).outcome)
    )
    on conflict (workspace_id, account_id, prospect_id, action) do update
    set
        cooled_until = greatest(cooldowns.cooled_until, excluded.cooled_until),
        reason = excluded.reason
$$;
