-- Appends the provider's answers, each with its outcome class. They take no effect
-- here: outreach.settle_send_outcomes() does that, and may fail without the loss of an
-- answer. A worker that lost its lease may append too.
-- outcomes: [{"attempt_id", "reached", "http_status", "error_type", "detail",
--   "is_well_formed", "provider_reference", "retry_after", "latency_ms",
--   "raw_response", "account_answers", "facts"}]
-- worker: the process that made the calls, by the name under which it began them.
-- as_of: null for now.
-- Takes no lock of an account. Returns the appended rows, in the order of the attempts.
-- Security definer: sender has no right to write outcomes, because each outcome that
-- means unsent returns a part of a limit. It answers for attempts of the named process
-- only, and cannot date its answers (outreach.may_set_clock); which answers can mean
-- unsent at all is a rule of the table (unsent_outcomes_are_credible).
create or replace function outreach.append_send_outcomes(
    workspace_id bigint,
    worker text,
    outcomes jsonb,
    as_of timestamptz default null
)
returns table (outcome_id bigint, attempt_id bigint, outcome text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
-- Forces one index look-up per row, which is fast whatever the statistics.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    attempt_ids constant bigint [] := array(
        select (answers ->> 'attempt_id')::bigint
        from jsonb_array_elements(outcomes) as answers
    );
    is_replay constant boolean := outreach.may_set_clock();
    closed_attempt_ids bigint [];
    appended_count integer;
begin
    if not is_replay
        and abs(extract(epoch from append_send_outcomes.as_of - clock_timestamp())) > 300
    then
        raise exception 'an answer that arrives now cannot be dated %',
            append_send_outcomes.as_of
            using
                errcode = 'check_violation',
                hint = 'Leave as_of out: the database sets the time.';
    end if;

    -- LinkedIn takes no new invite for three weeks after a withdrawal. Types of version 1
    -- say so themselves.
    if jsonb_path_exists(outcomes, '$[*].error_type ? (@ like_regex "/")') then
        closed_attempt_ids := array(
            select attempts.attempt_id
            from outreach.send_attempts as attempts
            inner join outreach.campaign_prospects as enrollments
                on
                    enrollments.workspace_id = append_send_outcomes.workspace_id
                    and attempts.prospect_id = enrollments.prospect_id
                    and attempts.account_id = enrollments.account_id
            inner join outreach.campaign_events as events
                on
                    events.workspace_id = append_send_outcomes.workspace_id
                    and enrollments.enrollment_id = events.enrollment_id
                    and events.event_type = 'invite_withdrawn'
                    and events.occurred_at
                    > attempts.begun_at - interval '504 hours'
            inner join jsonb_to_recordset(outcomes) as answers (
                attempt_id bigint, error_type text
            )
                on
                    attempts.attempt_id = answers.attempt_id
                    and answers.error_type like '%/%'
            where
                attempts.workspace_id = append_send_outcomes.workspace_id
                and attempts.attempt_id = any(attempt_ids)
                and attempts.action = 'send_invite'
        );
    end if;

    return query
    insert into outreach.send_attempt_outcomes as appended (
        workspace_id, attempt_id, outcome, means, decided_by,
        http_status, error_type, detail, provider_reference,
        retry_after, latency_ms, raw_response, facts, recorded_at
    )
    select
        attempts.workspace_id, attempts.attempt_id, classes.outcome,
        classes.means, 'answer',
        answers.http_status, answers.error_type, answers.detail,
        answers.provider_reference, answers.retry_after, answers.latency_ms,
        answers.raw_response, coalesce(answers.facts, '{}'),
        coalesce(as_of, clock_timestamp())
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
    inner join outreach.send_attempts as attempts
        on
            attempts.workspace_id = append_send_outcomes.workspace_id
            and attempts.attempt_id = any(attempt_ids)
            and answers.attempt_id = attempts.attempt_id
            and (is_replay or attempts.worker = append_send_outcomes.worker)
    cross join lateral outreach.classify_provider_answer(
        attempts.action, answers.reached, answers.http_status,
        answers.error_type, answers.is_well_formed, answers.provider_reference,
        answers.account_answers, coalesce(answers.facts, '{}') || case
            when attempts.attempt_id = any(closed_attempt_ids)
                then '{"is_invite_closed": true}'::jsonb
            else '{}'::jsonb
        end
    ) as judged (outcome)
    inner join outreach.send_outcome_classes as classes
        on judged.outcome = classes.outcome
    order by answers.attempt_id
    returning appended.outcome_id, appended.attempt_id, appended.outcome;

    get diagnostics appended_count = row_count;

    if appended_count < jsonb_array_length(outcomes) then
        raise exception
            'workspace % does not have every attempt of these answers by worker %',
            append_send_outcomes.workspace_id, append_send_outcomes.worker
            using
                errcode = 'no_data_found',
                hint = 'Give the attempt_id that outreach.begin_send_attempts() returned.';
    end if;
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.append_send_outcomes(bigint, text, jsonb, timestamptz) from public;
grant execute on function outreach.append_send_outcomes(bigint, text, jsonb, timestamptz) to sender;
