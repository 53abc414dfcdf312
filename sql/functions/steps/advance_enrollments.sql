-- Moves enrollments to their next steps (outreach.next_steps), each with its event, and
-- queues the jobs of these steps. An enrollment without a next step is completed,
-- unless its invite is pending. The caller holds the accounts' locks.
create or replace function outreach.advance_enrollments(
    workspace_id bigint,
    enrollment_ids bigint [],
    actor text,
    at timestamptz,
    is_connected boolean default false
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
as $$
#variable_conflict use_column
declare
    unwanted_ids bigint [];
begin
    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = advance_enrollments.workspace_id
        and enrollments.enrollment_id = any(enrollment_ids)
    order by enrollments.enrollment_id
    for no key update;

    unwanted_ids := array(
        select enrollments.enrollment_id
        from outreach.campaign_prospects as enrollments
        inner join outreach.prospects
            on
                prospects.workspace_id = advance_enrollments.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        where
            enrollments.workspace_id = advance_enrollments.workspace_id
            and enrollments.enrollment_id = any(enrollment_ids)
            and enrollments.linkedin_status in (
                'ready_to_invite', 'pending_accept', 'ready_to_message'
            )
            and prospects.do_not_contact_at is not null
    );

    if cardinality(unwanted_ids) > 0 then
        perform outreach.stop_enrollments(
            advance_enrollments.workspace_id, unwanted_ids, 'do_not_contact', actor,
            advance_enrollments.at
        );
    end if;

    with

    moves as materialized (

        select
            next_steps.enrollment_id,
            next_steps.step_id,
            next_steps.job_action,
            next_steps.to_status,
            next_steps.run_at,
            enrollments.campaign_id,
            enrollments.prospect_id,
            enrollments.account_id,
            enrollments.linkedin_status as from_status,
            coalesce(
                next_steps.step_id, enrollments.current_step_id
            ) as current_step_id
        from outreach.next_steps(
            advance_enrollments.workspace_id, enrollment_ids, advance_enrollments.at,
            advance_enrollments.is_connected
        ) as next_steps
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = advance_enrollments.workspace_id
                and next_steps.enrollment_id = enrollments.enrollment_id
        where next_steps.step_id is not null or next_steps.to_status = 'completed'

    ),

    moved as (

        update outreach.campaign_prospects as enrollments
        set
            current_step_id = moves.current_step_id,
            linkedin_status = moves.to_status,
            next_action_at = coalesce(moves.run_at, enrollments.next_action_at)
        from moves
        where
            enrollments.workspace_id = advance_enrollments.workspace_id
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
            advance_enrollments.workspace_id, moves.enrollment_id, moves.campaign_id,
            moves.step_id, moves.account_id, moves.job_action, moves.run_at
        from moves
        where moves.run_at is not null
        order by moves.enrollment_id

    )

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
        event_type, occurred_at, status_seq, from_status, to_status, actor, details
    )
    select
        advance_enrollments.workspace_id, moved.enrollment_id, moved.campaign_id,
        moved.current_step_id, moved.prospect_id, moved.account_id,
        case when moved.step_id is null then 'completed' else 'advanced' end,
        advance_enrollments.at,
        case when moved.flips then moved.status_seq end,
        case when moved.flips then moved.from_status end,
        case when moved.flips then moved.to_status end,
        advance_enrollments.actor,
        case
            when moved.step_id is null then '{}'
            else jsonb_build_object('next_action_at', moved.run_at)
        end
    from moved
    order by moved.enrollment_id;
end
$$;
