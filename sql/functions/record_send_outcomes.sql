-- Appends what the provider answered and settles each job by it. A worker that
-- lost its lease is welcome: its answer is appended and then decides.
-- outcomes: [{"attempt_id", "reached", "http_status", "error_type", "detail",
--   "is_well_formed", "provider_reference", "retry_after", "latency_ms",
--   "raw_response", "account_answers", "facts"}]
-- An answer is kept whatever happens: one that cannot be settled leaves its job unknown
-- and opens an alert, and the others of the round are settled.
-- Returns each attempt with the outcome that was recorded.
create or replace function outreach.record_send_outcomes(
    workspace_id bigint,
    worker text,
    outcomes jsonb,
    as_of timestamptz default null
)
returns table (attempt_id bigint, outcome text)
language plpgsql
set search_path = ''
set jit = off
as $$
#variable_conflict use_column
declare
    at timestamptz;
    answer record;
    attempt outreach.send_attempts;
    recorded outreach.send_attempt_outcomes;
begin
    perform outreach.assert_read_committed();

    perform
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = record_send_outcomes.workspace_id
        and accounts.account_id in (
            select attempts.account_id
            from jsonb_array_elements(outcomes) as answers
            inner join outreach.send_attempts as attempts
                on
                    attempts.workspace_id = record_send_outcomes.workspace_id
                    and attempts.attempt_id = (answers ->> 'attempt_id')::bigint
        )
    order by accounts.account_id
    for no key update;

    at := coalesce(as_of, clock_timestamp());

    for answer in
        select answers.*
        from jsonb_to_recordset(outcomes) as answers (
            attempt_id bigint,
            reached text,
            http_status integer,
            error_type text,
            detail text,
            is_well_formed boolean,
            provider_reference text,
            retry_after text,
            latency_ms integer,
            raw_response text,
            account_answers boolean,
            facts jsonb
        )
        order by answers.attempt_id
    loop
        select attempts.*
        into strict attempt
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = record_send_outcomes.workspace_id
            and attempts.attempt_id = answer.attempt_id;

        record_send_outcomes.attempt_id := answer.attempt_id;
        record_send_outcomes.outcome := outreach.classify_provider_answer(
            attempt.action, answer.reached, answer.http_status, answer.error_type,
            answer.is_well_formed, answer.provider_reference,
            answer.account_answers, coalesce(answer.facts, '{}')
        );

        insert into outreach.send_attempt_outcomes (
            workspace_id, attempt_id, outcome, means, decided_by,
            http_status, error_type, detail, provider_reference,
            retry_after, latency_ms, raw_response, facts, recorded_at
        )
        select
            attempt.workspace_id, attempt.attempt_id, classes.outcome, classes.means,
            'answer',
            answer.http_status, answer.error_type, answer.detail,
            answer.provider_reference,
            answer.retry_after, answer.latency_ms, answer.raw_response,
            coalesce(answer.facts, '{}'), at
        from outreach.send_outcome_classes as classes
        where classes.outcome = record_send_outcomes.outcome
        returning send_attempt_outcomes.* into recorded;

        perform outreach.note_unmapped_error(recorded);
        perform outreach.settle_or_set_aside(attempt, recorded, worker);

        return next;
    end loop;
end
$$;
