-- Applies appended outcomes to their jobs and enrollments. Sent attempts are settled as
-- a set, one outcome of an enrollment at a time; the few others are settled one by one.
-- Locks the accounts, the enrollments and the jobs, in that order, and reads in later
-- statements.
create or replace function outreach.settle_send_outcomes(
    workspace_id bigint,
    outcome_ids bigint [],
    actor text
)
returns void
language plpgsql
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
    account_ids bigint [];
    enrollment_ids bigint [];
    sent_ids bigint [];
    rest_ids bigint [];
    at timestamptz;
    tells_limits boolean;
    rest record;
    unmapped text;
begin
    perform outreach.assert_read_committed();

    select
        array_agg(found.account_id),
        array_agg(found.enrollment_id),
        coalesce(array_remove(array_agg(found.first_sent_id), null), '{}'),
        max(found.recorded_at),
        bool_or(found.tells_limits)
    into account_ids, enrollment_ids, sent_ids, at, tells_limits
    from (
        select
            attempts.account_id,
            attempts.enrollment_id,
            min(outcomes.outcome_id) filter (
                where outcomes.means = 'sent' and attempts.answer_id is null
            ) as first_sent_id,
            max(outcomes.recorded_at) as recorded_at,
            bool_or(outcomes.facts ? 'rate_limit') as tells_limits
        from unnest(outcome_ids) as asked (outcome_id)
        -- Forces one index look-up per row, which is fast whatever the statistics.
        cross join lateral (
            select kept.*
            from outreach.send_attempt_outcomes as kept
            where
                kept.workspace_id = settle_send_outcomes.workspace_id
                and kept.outcome_id = asked.outcome_id
            offset 0
        ) as outcomes
        cross join lateral (
            select kept.*
            from outreach.send_attempts as kept
            where
                kept.workspace_id = settle_send_outcomes.workspace_id
                and kept.attempt_id = outcomes.attempt_id
            offset 0
        ) as attempts
        group by
            attempts.account_id,
            attempts.enrollment_id
    ) as found;

    perform outreach.lock_accounts(settle_send_outcomes.workspace_id, account_ids);

    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = settle_send_outcomes.workspace_id
        and enrollments.enrollment_id = any(enrollment_ids)
    order by enrollments.enrollment_id
    for no key update;

    perform outreach.settle_sent(
        settle_send_outcomes.workspace_id, sent_ids, settle_send_outcomes.actor, at
    );

    if tells_limits then
        perform outreach.hold_used_up_limits(
            settle_send_outcomes.workspace_id, outcome_ids
        );
    end if;

    rest_ids := array(select unnest(outcome_ids) except select unnest(sent_ids));

    for rest in
        select
            row(attempts.*)::outreach.send_attempts as attempt,
            row(outcomes.*)::outreach.send_attempt_outcomes as recorded
        from outreach.send_attempt_outcomes as outcomes
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = settle_send_outcomes.workspace_id
                and outcomes.attempt_id = attempts.attempt_id
        where
            outcomes.workspace_id = settle_send_outcomes.workspace_id
            and outcomes.outcome_id = any(rest_ids)
        order by outcomes.attempt_id, outcomes.outcome_id
    loop
        -- A person is told once of an error that has no class of its own.
        if (rest.recorded).http_status not between 200 and 299
            and outreach.provider_error_class(
                (rest.recorded).http_status, (rest.recorded).error_type,
                is_typed_only => (rest.recorded).error_type is not null
            ) is null
        then
            unmapped := concat_ws(
                ' ', (rest.recorded).http_status, (rest.recorded).error_type
            );
            perform outreach.open_admin_alert(
                0, 'provider_error_unmapped', unmapped,
                'The provider answered ' || unmapped || ', which no row of '
                || 'outreach.provider_error_classes names. It was taken for '
                || (rest.recorded).outcome || '. Add a row that says what it means.',
                jsonb_build_object(
                    'workspace_id', settle_send_outcomes.workspace_id,
                    'attempt_id', (rest.recorded).attempt_id,
                    'detail', (rest.recorded).detail
                ),
                (rest.recorded).recorded_at
            );
        end if;

        if (rest.attempt).answer_id is not null then
            perform outreach.settle_answer(
                rest.attempt, rest.recorded, settle_send_outcomes.actor
            );
        elsif (rest.recorded).means = 'sent' then
            perform outreach.settle_sent(
                settle_send_outcomes.workspace_id, array[(rest.recorded).outcome_id],
                settle_send_outcomes.actor, at
            );
        else
            perform outreach.settle_unsent(
                rest.attempt, rest.recorded, settle_send_outcomes.actor
            );
        end if;
    end loop;
end
$$;
