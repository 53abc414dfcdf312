-- Sets a cooldown of one action of one account for one person: the job stays queued
-- with its time, and a claim skips it. A cooldown is never shortened. The person of an
-- answer may be in no list of people; then only the account's hold slows it down.
create or replace function outreach.cool_prospect(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes,
    cool_for interval
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if attempt.prospect_id is null then
        return;
    end if;

    insert into outreach.prospect_cooldowns as cooldowns (
        workspace_id, account_id, prospect_id, action, cooled_until, reason
    )
    values (
        attempt.workspace_id, attempt.account_id, attempt.prospect_id, attempt.action,
        coalesce(
            outreach.retry_after_moment(recorded.retry_after, recorded.recorded_at),
            recorded.recorded_at + cool_prospect.cool_for
        ),
        coalesce(recorded.error_type, recorded.outcome)
    )
    on conflict (workspace_id, account_id, prospect_id, action) do update
    set
        cooled_until = greatest(cooldowns.cooled_until, excluded.cooled_until),
        reason = excluded.reason;
end
$$;
