-- Appends what the provider answered and settles each job by it. A worker that
-- lost its lease is welcome: its answer is appended and then decides.
-- outcomes: [{"attempt_id", "reached", "http_status", "error_type", "detail",
--   "is_well_formed", "provider_reference", "retry_after", "latency_ms",
--   "raw_response", "account_answers", "facts"}]
-- An answer is kept whatever happens: one that cannot be settled leaves its job unknown
-- and opens an alert, and the others of the round are settled.
-- What was sent is settled together, the few others each by itself.
-- Returns each attempt with the outcome that was recorded.
create or replace function outreach.record_send_outcomes(
    workspace_id bigint,
    worker text,
    outcomes jsonb,
    as_of timestamptz default null
)
returns table (attempt_id bigint, outcome text)
language plpgsql
set search_path = pg_catalog, pg_temp
-- One index look-up per row has no bad plan, whatever the statistics say.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
#variable_conflict use_column
declare
    at timestamptz;
    recorded_ids bigint [];
    sent_ids bigint [];
    rest record;
begin
    perform outreach.assert_read_committed();

    perform
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = record_send_outcomes.workspace_id
        and accounts.account_id in (
            select attempts.account_id
            from jsonb_array_elements(outcomes) as answers
            cross join lateral (
                select attempts.account_id
                from outreach.send_attempts as attempts
                where
                    attempts.workspace_id = record_send_outcomes.workspace_id
                    and attempts.attempt_id = (answers ->> 'attempt_id')::bigint
                offset 0 -- keeps this an index look-up per answer
            ) as attempts
        )
    order by accounts.account_id
    for no key update;

    at := coalesce(as_of, clock_timestamp());

    with

    recorded as (

        insert into outreach.send_attempt_outcomes (
            workspace_id, attempt_id, outcome, means, decided_by,
            http_status, error_type, detail, provider_reference,
            retry_after, latency_ms, raw_response, facts, recorded_at
        )
        select
            attempts.workspace_id, attempts.attempt_id, classes.outcome,
            classes.means, 'answer',
            answers.http_status, answers.error_type, answers.detail,
            answers.provider_reference, answers.retry_after, answers.latency_ms,
            answers.raw_response, coalesce(answers.facts, '{}'), at
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
        cross join lateral (
            select
                attempts.workspace_id,
                attempts.attempt_id,
                attempts.action
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = record_send_outcomes.workspace_id
                and attempts.attempt_id = answers.attempt_id
            offset 0
        ) as attempts
        cross join lateral outreach.classify_provider_answer(
            attempts.action, answers.reached, answers.http_status,
            answers.error_type, answers.is_well_formed, answers.provider_reference,
            answers.account_answers, coalesce(answers.facts, '{}')
        ) as judged (outcome)
        inner join outreach.send_outcome_classes as classes
            on judged.outcome = classes.outcome
        order by answers.attempt_id
        returning send_attempt_outcomes.outcome_id

    )

    select coalesce(array_agg(recorded.outcome_id), '{}')
    into recorded_ids
    from recorded;

    if cardinality(recorded_ids) < jsonb_array_length(outcomes) then
        raise exception 'workspace % has no such attempt as one of these answers names',
            record_send_outcomes.workspace_id
            using
                errcode = 'no_data_found',
                hint = 'Give the attempt_id that outreach.begin_send_attempts() gave.';
    end if;

    sent_ids := array(
        select min(asked.outcome_id)
        from unnest(recorded_ids) as asked (outcome_id)
        cross join lateral (
            select outcomes.attempt_id
            from outreach.send_attempt_outcomes as outcomes
            where
                outcomes.workspace_id = record_send_outcomes.workspace_id
                and outcomes.outcome_id = asked.outcome_id
                and outcomes.means = 'sent'
            offset 0 -- keeps these index look-ups per row
        ) as sent
        cross join lateral (
            select attempts.enrollment_id
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = record_send_outcomes.workspace_id
                and attempts.attempt_id = sent.attempt_id
            offset 0
        ) as attempts
        group by attempts.enrollment_id
    );

    begin
        perform outreach.settle_sent(
            record_send_outcomes.workspace_id, sent_ids, worker, at
        );
    exception
        when transaction_rollback or operator_intervention or insufficient_resources
            then raise;
        when others then
            -- One of them cannot be settled: each by itself, so that it costs no other.
            sent_ids := '{}';
    end;

    for rest in
        select
            attempts as attempt,
            outcomes as recorded
        from outreach.send_attempt_outcomes as outcomes
        inner join outreach.send_attempts as attempts
            on
                outcomes.workspace_id = attempts.workspace_id
                and outcomes.attempt_id = attempts.attempt_id
        where
            outcomes.workspace_id = record_send_outcomes.workspace_id
            and outcomes.outcome_id = any(recorded_ids)
            and outcomes.outcome_id <> all(sent_ids)
        order by outcomes.attempt_id, outcomes.outcome_id
    loop
        perform outreach.note_unmapped_error(rest.recorded);
        perform outreach.settle_or_quarantine(rest.attempt, rest.recorded, worker);
    end loop;

    return query
    select
        outcomes.attempt_id,
        outcomes.outcome
    from outreach.send_attempt_outcomes as outcomes
    where
        outcomes.workspace_id = record_send_outcomes.workspace_id
        and outcomes.outcome_id = any(recorded_ids)
    order by outcomes.attempt_id;
end
$$;
