-- Appends a later decision about an unanswered attempt, without any effect yet.
-- decided_by is read or person. Returns the outcome's id.
-- Security definer: no role may write outcomes by itself. An operator decides as a person
-- and now; what the provider's lists prove is decided by the owner's processes.
create or replace function outreach.append_decision(
    workspace_id bigint,
    attempt_id bigint,
    outcome text,
    decided_by text,
    actor text,
    reason text,
    at timestamptz,
    provider_reference text default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    decision_id bigint;
begin
    if append_decision.decided_by not in ('read', 'person') then
        raise exception 'a decision is made by a read or by a person, not by %',
            append_decision.decided_by
            using
                errcode = 'check_violation',
                hint = 'Answers are appended by outreach.append_send_outcomes().';
    end if;

    if not outreach.may_set_clock()
        and (
            append_decision.decided_by <> 'person'
            or abs(extract(epoch from append_decision.at - clock_timestamp())) > 300
        )
    then
        raise exception 'attempt % cannot be decided by a % at %',
            append_decision.attempt_id, append_decision.decided_by, append_decision.at
            using
                errcode = 'check_violation',
                hint = 'Call outreach.resolve_unknown_send() without as_of.';
    end if;

    insert into outreach.send_attempt_outcomes as outcomes (
        workspace_id, attempt_id, outcome, means, decided_by, actor, reason,
        provider_reference, recorded_at
    )
    select
        append_decision.workspace_id, append_decision.attempt_id, classes.outcome,
        classes.means, append_decision.decided_by, append_decision.actor,
        append_decision.reason, append_decision.provider_reference, append_decision.at
    from outreach.send_outcome_classes as classes
    where classes.outcome = append_decision.outcome
    returning outcomes.outcome_id into strict decision_id;

    return decision_id;
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.append_decision(
    bigint, bigint, text, text, text, text, timestamptz, text
) from public;
grant execute on function outreach.append_decision(
    bigint, bigint, text, text, text, text, timestamptz, text
) to operator;
