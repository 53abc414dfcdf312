-- Decides an account's unanswered attempts by the reads of the provider's lists, under
-- the account's lock, and applies each decision. An attempt that they do not decide
-- stays unknown and is never sent again on a guess. Returns the decisions.
-- attempt_ids: the attempts to decide; null for all of the account. If a row raises an
-- error, no decision is made and the caller decides again for fewer attempts.
create or replace function outreach.decide_unknown_sends(
    workspace_id bigint,
    account_id bigint,
    as_of timestamptz default null,
    attempt_ids bigint [] default null
)
returns table (attempt_id bigint, outcome text, detail text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at timestamptz;
    verdict record;
begin
    perform outreach.assert_read_committed();

    perform outreach.lock_accounts(
        decide_unknown_sends.workspace_id, array[decide_unknown_sends.account_id]
    );

    at := coalesce(as_of, clock_timestamp());

    for verdict in
        select verdicts.*
        from outreach.verdicts_of_reads(
            decide_unknown_sends.workspace_id, decide_unknown_sends.account_id, at
        ) as verdicts
        where
            decide_unknown_sends.attempt_ids is null
            or verdicts.attempt_id = any(decide_unknown_sends.attempt_ids)
        order by verdicts.attempt_id
    loop
        perform outreach.record_decision(
            decide_unknown_sends.workspace_id, verdict.attempt_id, verdict.outcome,
            'read', 'resolved_unknown_sends', verdict.detail, at,
            verdict.provider_reference
        );

        decide_unknown_sends.attempt_id := verdict.attempt_id;
        decide_unknown_sends.outcome := verdict.outcome;
        decide_unknown_sends.detail := verdict.detail;
        return next;
    end loop;
end
$$;
