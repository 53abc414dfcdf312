-- Settles attempts that were sent: each gets its event on the day on which it began, the
-- job that waits for it is completed at the call's time, and its enrollment goes one step
-- on. One outcome of an enrollment at a time; the caller holds the locks.
create or replace function outreach.settle_sent(
    workspace_id bigint,
    outcome_ids bigint [],
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    completed_enrollment_ids bigint [];
    look_up_ids bigint [];
    look_up_id bigint;
begin
    with

    sends as materialized (

        select
            sends.*,
            (sends.attempt).attempt_id as attempt_id,
            (sends.attempt).action as action,
            (sends.attempt).begun_at as begun_at,
            -- A found profile is settled below.
            sends.waiting_job_id is not null
            and (sends.attempt).action <> 'resolve_profile' as completes
        from outreach.sends_to_settle(settle_sent.workspace_id, outcome_ids) as sends

    ),

    completed as (

        update outreach.campaign_send_jobs as jobs
        set
            status = 'completed',
            run_at = null,
            claimed_by = null,
            lease_expires_at = null,
            completed_at = sends.begun_at,
            failed_classification = null
        from sends
        where
            sends.completes
            and jobs.workspace_id = settle_sent.workspace_id
            and jobs.job_id = sends.waiting_job_id

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
            linkedin_status = coalesce(sends.to_status, enrollments.linkedin_status),
            next_action_at = case
                when not sends.completes then enrollments.next_action_at
            end,
            linkedin_invited_at = case
                when sends.is_first_invite then sends.begun_at
                else enrollments.linkedin_invited_at
            end,
            failed_classification = case
                when not sends.completes then enrollments.failed_classification
            end,
            template_error = case
                when not sends.completes then enrollments.template_error
            end
        from sends
        where
            enrollments.workspace_id = settle_sent.workspace_id
            and enrollments.enrollment_id = sends.enrollment_id
        returning
            sends.*,
            enrollments.campaign_id,
            enrollments.prospect_id,
            enrollments.account_id,
            case
                when sends.to_status is not null then enrollments.status_seq
            end as flip_seq

    ),

    told as (

        insert into outreach.campaign_events (
            workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
            event_type, occurred_at, attempt_id, action, counted_on,
            status_seq, from_status, to_status, actor, details
        )
        select
            settle_sent.workspace_id, moved.enrollment_id, moved.campaign_id,
            (moved.attempt).step_id, moved.prospect_id, moved.account_id,
            moved.event_type, moved.begun_at, moved.attempt_id,
            case when moved.counts then moved.action end,
            case when moved.counts then (moved.attempt).counted_on end,
            moved.flip_seq, moved.from_status, moved.to_status, settle_sent.actor,
            jsonb_build_object(
                'job_id', (moved.attempt).job_id,
                'outcome', (moved.recorded).outcome,
                'decided_by', (moved.recorded).decided_by,
                'provider_reference', (moved.recorded).provider_reference
            )
        from moved
        where moved.event_type is not null
        order by moved.attempt_id

    )

    select
        array_agg(sends.enrollment_id) filter (where sends.completes),
        array_agg((sends.recorded).outcome_id order by sends.attempt_id) filter (
            where sends.waiting_job_id is not null and not sends.completes
        )
    into completed_enrollment_ids, look_up_ids
    from sends;

    foreach look_up_id in array coalesce(look_up_ids, '{}') loop
        perform outreach.settle_look_up(
            settle_sent.workspace_id, look_up_id, settle_sent.actor
        );
    end loop;

    if completed_enrollment_ids is not null then
        perform outreach.advance_enrollments(
            settle_sent.workspace_id, completed_enrollment_ids, actor, settle_sent.at
        );
    end if;
end
$$;
