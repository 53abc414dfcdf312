-- The next step of each enrollment, one row each: the first later step that is not done
-- already, with the status at that step and the delay of its job (null without a job);
-- step_id is null if no step is left. Steps that are skipped (an invite to a connected
-- person, a wait for their accept, a look-up of a known person) add their delays. A
-- message to a person with a pending invite waits for the accept, without a job. An
-- enrollment that has replied, failed or must not be contacted has no row.
create or replace function outreach.next_steps(
    workspace_id bigint,
    enrollment_ids bigint [],
    is_connected boolean
)
returns table (
    enrollment_id bigint,
    step_id bigint,
    job_action text,
    to_status text,
    waits_for interval
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    people as (

        select
            enrollments.enrollment_id,
            enrollments.account_id,
            enrollments.current_step_id,
            enrollments.linkedin_status,
            row(prospects.*)::outreach.prospects as prospect,
            next_steps.is_connected
            or enrollments.linkedin_accepted_at is not null
            or signs.is_connected is true as is_connected,
            enrollments.linkedin_invited_at is not null
            or signs.is_invited is true as is_invited
        from unnest(enrollment_ids) as moving (enrollment_id)
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = next_steps.workspace_id
                and moving.enrollment_id = enrollments.enrollment_id
        inner join outreach.prospects
            on
                prospects.workspace_id = next_steps.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        cross join lateral (
            select
                bool_or(events.event_type = 'already_connected') as is_connected,
                bool_or(events.event_type = 'already_pending') as is_invited
            from outreach.campaign_events as events
            where
                events.workspace_id = next_steps.workspace_id
                and events.enrollment_id = enrollments.enrollment_id
                and events.event_type in ('already_connected', 'already_pending')
        ) as signs
        where
            enrollments.linkedin_status in (
                'ready_to_invite', 'pending_accept', 'ready_to_message'
            )
            and prospects.do_not_contact_at is null

    ),

    moves as (

        select
            people.enrollment_id,
            people.account_id,
            (ahead.step).step_id as step_id,
            (ahead.step).action as action,
            outreach.step_action(ahead.step, people.prospect) as job_action,
            ahead.waited + coalesce(
                outreach.exact_span(((ahead.step).settings ->> 'time_out')::interval),
                '0'
            ) as waits_for,
            case
                when (ahead.step).step_id is not null then case
                    when (ahead.step).action = 'wait_accept' then 'pending_accept'
                    when (ahead.step).action in ('resolve_profile', 'send_invite')
                        then 'ready_to_invite'
                    when
                        people.linkedin_status = 'pending_accept'
                        and not people.is_connected
                        then 'pending_accept'
                    when
                        ahead.invites_later
                        and not (people.is_connected or people.is_invited)
                        then 'ready_to_invite'
                    else 'ready_to_message'
                end
                -- The last step is done. A pending invite keeps the enrollment open.
                when people.linkedin_status <> 'pending_accept' or people.is_connected
                    then 'completed'
                else people.linkedin_status
            end as to_status
        from people
        left join lateral (
            select later.*
            from (
                select
                    row(later_steps.*)::outreach.campaign_steps as step,
                    sum(outreach.exact_span(later_steps.delay)) over (
                        order by later_steps.position
                    ) as waited,
                    bool_or(later_steps.action = 'send_invite') over (
                        order by later_steps.position
                        rows between 1 following and unbounded following
                    ) as invites_later
                from outreach.campaign_steps as current_step
                inner join outreach.campaign_steps as later_steps
                    on
                        later_steps.workspace_id = next_steps.workspace_id
                        and current_step.campaign_id = later_steps.campaign_id
                        and current_step.position < later_steps.position
                where
                    current_step.workspace_id = next_steps.workspace_id
                    and current_step.step_id = people.current_step_id
                    and current_step.removed_at is null
            ) as later
            where not case (later.step).action
                when 'wait' then true
                when 'wait_accept' then people.is_connected
                when 'send_invite' then people.is_connected or people.is_invited
                when 'resolve_profile' then (people.prospect).provider_id is not null
                else false
            end
            order by (later.step).position
            limit 1
        ) as ahead on true

    )

    select
        moves.enrollment_id,
        moves.step_id,
        moves.job_action,
        moves.to_status,
        case
            when moves.action = 'send_message' and moves.to_status = 'pending_accept'
                then null
            when moves.job_action is not null then moves.waits_for
        end
    from moves;
end
$$;
