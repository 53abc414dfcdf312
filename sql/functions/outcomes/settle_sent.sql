-- Attempts turned out to be sent: each gets its event on the day on which it began
-- (outreach.sends_to_settle says which), its job is completed at the call's time, its
-- enrollment goes one step on. A yes without a proof completes the job and moves on
-- just the same, because it must never be sent again, and counts for every limit. One
-- outcome of an enrollment at a time; the caller holds the accounts' locks.
create or replace function outreach.settle_sent(
    workspace_id bigint,
    outcome_ids bigint [],
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- One index look-up per row has no bad plan, whatever the statistics say.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    completed_enrollment_ids bigint [];
    look_up_outcome_ids bigint [];
    look_up record;
begin
    -- Locks in one order everywhere: account, enrollment, job.
    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = settle_sent.workspace_id
        and enrollments.enrollment_id in (
            select attempts.enrollment_id
            from unnest(outcome_ids) as asked (outcome_id)
            cross join lateral (
                select outcomes.attempt_id
                from outreach.send_attempt_outcomes as outcomes
                where
                    outcomes.workspace_id = settle_sent.workspace_id
                    and outcomes.outcome_id = asked.outcome_id
                offset 0 -- keeps these index look-ups per row
            ) as sent
            cross join lateral (
                select attempts.enrollment_id
                from outreach.send_attempts as attempts
                where
                    attempts.workspace_id = settle_sent.workspace_id
                    and attempts.attempt_id = sent.attempt_id
                offset 0
            ) as attempts
        )
    order by enrollments.enrollment_id
    for no key update;

    with

    sends as materialized (

        select
            sends.*,
            (sends.attempt).action as action,
            (sends.attempt).begun_at as begun_at,
            (sends.enrollment).enrollment_id as enrollment_id,
            sends.was_waited_for
            and (sends.attempt).action <> 'resolve_profile' as completes,
            sends.event_type is not null and sends.to_status is not null as flips
        from outreach.sends_to_settle(
            settle_sent.workspace_id, outcome_ids
        ) as sends

    ),

    completed as (

        update outreach.campaign_send_jobs as jobs
        set
            status = 'completed',
            run_at = null,
            claimed_by = null,
            lease_expires_at = null,
            completed_at = sends.begun_at
        from sends
        where
            sends.completes
            and jobs.workspace_id = settle_sent.workspace_id
            and jobs.job_id = (sends.attempt).job_id

    ),

    written_to as (

        insert into outreach.linkedin_chats as chats (
            workspace_id, account_id, prospect_id, chat_id, started_at
        )
        select
            settle_sent.workspace_id, (sends.attempt).account_id,
            (sends.attempt).prospect_id, (sends.recorded).facts ->> 'chat_id',
            sends.begun_at
        from sends
        where sends.action = 'send_message' and (sends.recorded).facts ? 'chat_id'
        on conflict (workspace_id, account_id, prospect_id) do update
        set chat_id = excluded.chat_id

    ),

    moved as (

        update outreach.campaign_prospects as enrollments
        set
            linkedin_status = case
                when sends.flips then sends.to_status
                else enrollments.linkedin_status
            end,
            next_action_at = case
                when not sends.completes then enrollments.next_action_at
            end,
            linkedin_invited_at = coalesce(
                enrollments.linkedin_invited_at,
                case when sends.action = 'send_invite' then sends.begun_at end
            ),
            failed_classification = case
                when
                    sends.action <> 'send_invite'
                    or enrollments.linkedin_invited_at is not null
                    then enrollments.failed_classification
            end,
            template_error = case
                when
                    sends.action <> 'send_invite'
                    or enrollments.linkedin_invited_at is not null
                    then enrollments.template_error
            end
        from sends
        where
            enrollments.workspace_id = settle_sent.workspace_id
            and enrollments.enrollment_id = sends.enrollment_id
        returning
            sends.*,
            enrollments.status_seq

    ),

    told as (

        insert into outreach.campaign_events (
            workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
            event_type, occurred_at, attempt_id, action, counted_on,
            status_seq, from_status, to_status, actor, details
        )
        select
            settle_sent.workspace_id,
            moved.enrollment_id,
            (moved.enrollment).campaign_id,
            (moved.attempt).step_id,
            (moved.enrollment).prospect_id,
            (moved.enrollment).account_id,
            moved.event_type,
            moved.begun_at,
            (moved.attempt).attempt_id,
            case when moved.counts then moved.action end,
            case when moved.counts then (moved.attempt).counted_on end,
            case when moved.flips then moved.status_seq end,
            case when moved.flips then (moved.enrollment).linkedin_status end,
            case when moved.flips then moved.to_status end,
            settle_sent.actor,
            jsonb_build_object(
                'job_id', (moved.attempt).job_id,
                'outcome', (moved.recorded).outcome,
                'decided_by', (moved.recorded).decided_by,
                'provider_reference', (moved.recorded).provider_reference
            )
        from moved
        where moved.event_type is not null
        order by (moved.attempt).attempt_id

    )

    select
        array_agg(sends.enrollment_id) filter (where sends.completes),
        array_agg((sends.recorded).outcome_id) filter (
            where sends.was_waited_for and sends.action = 'resolve_profile'
        )
    into completed_enrollment_ids, look_up_outcome_ids
    from sends;

    -- A profile that was found goes its own way: its step may still be ahead.
    for look_up in
        select
            attempts as attempt,
            jobs as job,
            outcomes as recorded
        from outreach.send_attempt_outcomes as outcomes
        inner join outreach.send_attempts as attempts
            on
                outcomes.workspace_id = attempts.workspace_id
                and outcomes.attempt_id = attempts.attempt_id
        inner join outreach.campaign_send_jobs as jobs
            on
                attempts.workspace_id = jobs.workspace_id
                and attempts.job_id = jobs.job_id
        where
            outcomes.workspace_id = settle_sent.workspace_id
            and outcomes.outcome_id = any(look_up_outcome_ids)
        order by outcomes.attempt_id
    loop
        perform outreach.settle_look_up(
            look_up.attempt, look_up.job, look_up.recorded, actor
        );
    end loop;

    if completed_enrollment_ids is not null then
        perform outreach.advance_enrollments(
            settle_sent.workspace_id, completed_enrollment_ids, actor,
            settle_sent.at
        );
    end if;
end
$$;
