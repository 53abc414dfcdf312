-- Counts the pages of the list of pending invites that the sender read for these outcomes
-- (facts.walk: {"calls", "rate_limit"}), as outreach.note_provider_calls does.
create or replace function outreach.note_walks(
    workspace_id bigint,
    outcome_ids bigint []
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    walk record;
begin
    for walk in
        select
            attempts.account_id,
            (outcomes.facts -> 'walk' ->> 'calls')::integer as calls,
            outcomes.facts -> 'walk' -> 'rate_limit' as rate_limit,
            outcomes.recorded_at
        from outreach.send_attempt_outcomes as outcomes
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = note_walks.workspace_id
                and outcomes.attempt_id = attempts.attempt_id
        where
            outcomes.workspace_id = note_walks.workspace_id
            and outcomes.outcome_id = any(note_walks.outcome_ids)
            and outcomes.facts ? 'walk'
        order by
            attempts.account_id,
            outcomes.outcome_id
    loop
        perform outreach.note_provider_calls(
            note_walks.workspace_id, walk.account_id, 'sends', walk.calls,
            walk.rate_limit, walk.recorded_at
        );
    end loop;
end
$$;
