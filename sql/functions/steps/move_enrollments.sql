-- Moves enrollments to their next steps (outreach.next_steps), each with its event, and
-- queues the jobs of these steps. An enrollment without a next step is completed, unless
-- its invite is pending. Returns those that moved. The caller holds the locks of the
-- accounts and the enrollments.
-- sent_statuses, invited_ats: given for enrollments that a send was settled of, one
-- element each: the status of the send's event, and the time of the first invite; null
-- where the value stays. They are written together with the step, because the foreign
-- keys of a row that is written twice are checked again. An enrollment whose status is
-- changed by the send and by the step stays, since each change is an update of its own.
create or replace function outreach.move_enrollments(
    workspace_id bigint,
    enrollment_ids bigint [],
    actor text,
    at timestamptz,
    is_connected boolean default false,
    sent_statuses text [] default null,
    invited_ats timestamptz [] default null
)
returns bigint []
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    is_sent constant boolean := sent_statuses is not null;
    moved_ids bigint [];
begin
    with

    moves as materialized (

        select
            next_steps.*,
            enrollments.campaign_id,
            enrollments.prospect_id,
            enrollments.account_id,
            coalesce(
                next_steps.step_id, enrollments.current_step_id
            ) as current_step_id
        from outreach.next_steps(
            move_enrollments.workspace_id, enrollment_ids, move_enrollments.at,
            is_connected, sent_statuses, invited_ats
        ) as next_steps
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = move_enrollments.workspace_id
                and next_steps.enrollment_id = enrollments.enrollment_id
        where
            (next_steps.step_id is not null or next_steps.to_status = 'completed')
            and next_steps.from_status in (
                enrollments.linkedin_status, next_steps.to_status
            )

    ),

    moved as (

        update outreach.campaign_prospects as enrollments
        set
            current_step_id = moves.current_step_id,
            linkedin_status = moves.to_status,
            linkedin_invited_at = moves.invited_at,
            next_action_at = coalesce(
                moves.run_at, case when not is_sent then enrollments.next_action_at end
            ),
            failed_classification = case
                when not is_sent then enrollments.failed_classification
            end,
            template_error = case when not is_sent then enrollments.template_error end
        from moves
        where
            enrollments.workspace_id = move_enrollments.workspace_id
            and enrollments.enrollment_id = moves.enrollment_id
        returning
            moves.*,
            enrollments.status_seq,
            moves.to_status <> moves.from_status as flips

    ),

    queued as (

        insert into outreach.campaign_send_jobs (
            workspace_id, enrollment_id, campaign_id, step_id, account_id, action,
            run_at
        )
        select
            move_enrollments.workspace_id, moves.enrollment_id, moves.campaign_id,
            moves.step_id, moves.account_id, moves.job_action, moves.run_at
        from moves
        where moves.run_at is not null
        order by moves.enrollment_id

    ),

    told as (

        insert into outreach.campaign_events (
            workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
            event_type, occurred_at, status_seq, from_status, to_status, actor, details
        )
        select
            move_enrollments.workspace_id, moved.enrollment_id, moved.campaign_id,
            moved.current_step_id, moved.prospect_id, moved.account_id,
            case when moved.step_id is null then 'completed' else 'advanced' end,
            move_enrollments.at,
            case when moved.flips then moved.status_seq end,
            case when moved.flips then moved.from_status end,
            case when moved.flips then moved.to_status end,
            move_enrollments.actor,
            case
                when moved.step_id is null then '{}'
                else jsonb_build_object('next_action_at', moved.run_at)
            end
        from moved
        order by moved.enrollment_id

    )

    select coalesce(array_agg(moves.enrollment_id), '{}')
    into moved_ids
    from moves;

    return moved_ids;
end
$$;
