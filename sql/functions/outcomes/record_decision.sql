-- Appends a later decision about an unanswered attempt, and applies it. decided_by is
-- read or person. The caller holds the account's lock.
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
    decision_id bigint;
begin
    insert into outreach.send_attempt_outcomes as outcomes (
        workspace_id, attempt_id, outcome, means, decided_by, actor, reason,
        provider_reference, recorded_at
    )
    select
        record_decision.workspace_id, record_decision.attempt_id, classes.outcome,
        classes.means, record_decision.decided_by, record_decision.actor,
        record_decision.reason, record_decision.provider_reference, record_decision.at
    from outreach.send_outcome_classes as classes
    where classes.outcome = record_decision.outcome
    returning outcomes.outcome_id into strict decision_id;

    perform outreach.settle_send_outcomes(
        record_decision.workspace_id, array[decision_id], record_decision.actor
    );
end
$$;
