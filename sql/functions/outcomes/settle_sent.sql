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
    settled record;
    moved_ids bigint [];
    look_up_id bigint;
begin
    with

    sends as materialized (

        select
            sends.*,
            (sends.enrollment).enrollment_id as enrollment_id,
            case when sends.to_status is not null then sends.enrollment end as flipped,
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

    told as (

        insert into outreach.campaign_events (
            workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
            event_type, occurred_at, attempt_id, action, counted_on,
            status_seq, from_status, to_status, actor, details
        )
        select
            settle_sent.workspace_id, sends.enrollment_id,
            (sends.enrollment).campaign_id, (sends.attempt).step_id,
            (sends.enrollment).prospect_id, (sends.enrollment).account_id,
            sends.event_type, sends.begun_at, (sends.attempt).attempt_id,
            case when sends.counts then sends.action end,
            case when sends.counts then (sends.attempt).counted_on end,
            (sends.flipped).status_seq + 1, (sends.flipped).linkedin_status,
            sends.to_status, settle_sent.actor,
            jsonb_build_object(
                'job_id', (sends.attempt).job_id, 'outcome', (sends.recorded).outcome,
                'decided_by', (sends.recorded).decided_by,
                'provider_reference', (sends.recorded).provider_reference
            )
        from sends
        where sends.event_type is not null
        order by (sends.attempt).attempt_id

    )

    select
        array_agg(sends.enrollment_id) as enrollment_ids,
        array_agg(case when sends.completes then sends.enrollment_id end) as moving_ids,
        array_agg(sends.to_status) as to_statuses,
        array_agg(sends.invited_at) as sent_ats,
        array_agg((sends.recorded).outcome_id order by (sends.attempt).attempt_id) filter (
            where sends.waiting_job_id is not null and not sends.completes
        ) as look_up_ids
    into settled
    from sends;

    moved_ids := outreach.move_enrollments(
        settle_sent.workspace_id, settled.moving_ids, actor, settle_sent.at,
        sent_statuses => settled.to_statuses, invited_ats => settled.sent_ats
    );

    if cardinality(moved_ids) = coalesce(cardinality(settled.enrollment_ids), 0) then
        return;
    end if;

    update outreach.campaign_prospects as enrollments
    set
        linkedin_status = coalesce(sends.to_status, enrollments.linkedin_status),
        linkedin_invited_at = coalesce(sends.sent_at, enrollments.linkedin_invited_at),
        next_action_at = case
            when sends.moving_id is null then enrollments.next_action_at
        end,
        failed_classification = case
            when sends.moving_id is null then enrollments.failed_classification
        end,
        template_error = case
            when sends.moving_id is null then enrollments.template_error
        end
    from unnest(
        settled.enrollment_ids, settled.moving_ids, settled.to_statuses, settled.sent_ats
    ) as sends (enrollment_id, moving_id, to_status, sent_at)
    where
        enrollments.workspace_id = settle_sent.workspace_id
        and enrollments.enrollment_id = sends.enrollment_id
        and sends.enrollment_id <> all(moved_ids);

    foreach look_up_id in array coalesce(settled.look_up_ids, '{}') loop
        perform outreach.settle_look_up(settle_sent.workspace_id, look_up_id, actor);
    end loop;

    perform outreach.advance_enrollments(
        settle_sent.workspace_id,
        array(select unnest(settled.moving_ids) except select unnest(moved_ids)),
        actor, settle_sent.at
    );
end
$$;
