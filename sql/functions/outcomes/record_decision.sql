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
begin
    perform outreach.settle_send_outcomes(
        record_decision.workspace_id,
        array[
            outreach.append_decision(
                record_decision.workspace_id, record_decision.attempt_id,
                record_decision.outcome, record_decision.decided_by,
                record_decision.actor, record_decision.reason, record_decision.at,
                record_decision.provider_reference
            )
        ],
        record_decision.actor
    );
end
$$;
