-- Appends what was decided later of an attempt that nobody answered, and lets it take
-- effect. decided_by is read or person. The caller holds the account's lock.
create or replace function outreach.record_decision(
    workspace_id bigint,
    attempt_id bigint,
    outcome text,
    decided_by text,
    actor text,
    reason text,
    at timestamptz,
    provider_reference text default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    attempt outreach.send_attempts;
    recorded outreach.send_attempt_outcomes;
begin
    select attempts.*
    into strict attempt
    from outreach.send_attempts as attempts
    where
        attempts.workspace_id = record_decision.workspace_id
        and attempts.attempt_id = record_decision.attempt_id;

    insert into outreach.send_attempt_outcomes as outcomes (
        workspace_id, attempt_id, outcome, means, decided_by, actor, reason,
        provider_reference, recorded_at
    )
    select
        attempt.workspace_id, attempt.attempt_id, classes.outcome, classes.means,
        record_decision.decided_by, record_decision.actor, record_decision.reason,
        record_decision.provider_reference, record_decision.at
    from outreach.send_outcome_classes as classes
    where classes.outcome = record_decision.outcome
    returning outcomes.* into strict recorded;

    perform outreach.settle_send_attempt(attempt, recorded, record_decision.actor);
end
$$;
