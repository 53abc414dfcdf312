-- Holds an account's action until the window of the provider's own limit ends, where an
-- answer said that none of the limit remains: the next call would be refused. A hold is
-- never shortened. The caller holds the accounts' locks.
create or replace function outreach.hold_used_up_limits(
    workspace_id bigint,
    outcome_ids bigint []
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    with

    used_up as (

        select
            attempts.account_id,
            attempts.action,
            max(
                outreach.retry_after_moment(
                    outcomes.facts -> 'rate_limit' ->> 'x-ratelimit-reset',
                    outcomes.recorded_at
                )
            ) as ends_at
        from outreach.send_attempt_outcomes as outcomes
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = hold_used_up_limits.workspace_id
                and outcomes.attempt_id = attempts.attempt_id
        where
            outcomes.workspace_id = hold_used_up_limits.workspace_id
            and outcomes.outcome_id = any(hold_used_up_limits.outcome_ids)
            and outcomes.facts -> 'rate_limit' ->> 'x-ratelimit-remaining' = '0'
        group by
            attempts.account_id,
            attempts.action

    )

    insert into outreach.linkedin_account_holds as holds (
        workspace_id, account_id, action, held_until, reason
    )
    select
        hold_used_up_limits.workspace_id,
        used_up.account_id,
        used_up.action,
        used_up.ends_at,
        'the provider''s limit is used up'
    from used_up
    where used_up.ends_at is not null
    on conflict (workspace_id, account_id, action) do update
    set
        held_until = greatest(holds.held_until, excluded.held_until),
        reason = excluded.reason;
end
$$;
