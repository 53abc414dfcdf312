-- Where each enrollment goes from its step, one row each: to the first later step that
-- is not done already, with the status it has there and when its job may run (null
-- without a job); step_id is null for one that is through. No wait is skipped: steps
-- that are passed over leave their delays behind. Passed over are an invite and a wait
-- for somebody who is connected, and a look-up of somebody who is known. A message to
-- somebody whose invite is still out waits for the accept, without a job. Who replied,
-- failed or must not be contacted has no row.
create or replace function outreach.next_steps(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz,
    is_connected boolean
)
returns table (
    enrollment_id bigint,
    step_id bigint,
    job_action text,
    to_status text,
    run_at timestamptz
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with

    people as (

        select
            enrollments.enrollment_id,
            enrollments.account_id,
            enrollments.current_step_id,
            enrollments.linkedin_status,
            prospects,
            $4
            or enrollments.linkedin_accepted_at is not null
            or signs.is_connected as is_connected,
            enrollments.linkedin_invited_at is not null
            or signs.is_invited as is_invited
        from unnest($2) as moving (enrollment_id)
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = $1
                and moving.enrollment_id = enrollments.enrollment_id
        inner join outreach.prospects
            on
                enrollments.workspace_id = prospects.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        cross join lateral (
            select
                coalesce(
                    bool_or(events.event_type = 'already_connected'), false
                ) as is_connected,
                coalesce(
                    bool_or(events.event_type = 'already_pending'), false
                ) as is_invited
            from outreach.campaign_events as events
            where
                events.workspace_id = $1
                and events.enrollment_id = enrollments.enrollment_id
                and events.event_type in ('already_connected', 'already_pending')
        ) as signs
        where
            enrollments.linkedin_status in (
                'ready_to_invite', 'pending_accept', 'ready_to_message'
            )
            and prospects.do_not_contact_at is null

    ),

    steps as (

        select
            people.*,
            ahead.step_id,
            ahead.action,
            ahead.settings,
            ahead.waited,
            outreach.step_action(ahead.step, people.prospects) as job_action,
            case
                when ahead.step_id is not null then case
                    when ahead.action = 'wait_accept' then 'pending_accept'
                    when ahead.action in ('resolve_profile', 'send_invite')
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
                -- The last step is over. An invite that is out keeps it open.
                when people.linkedin_status <> 'pending_accept' or people.is_connected
                    then 'completed'
                else people.linkedin_status
            end as to_status
        from people
        left join lateral (
            select later.*
            from (
                select
                    later_steps as step,
                    later_steps.step_id,
                    later_steps.action,
                    later_steps.settings,
                    later_steps.position,
                    sum(outreach.exact_span(later_steps.delay)) over (
                        order by later_steps.position
                    ) as waited,
                    coalesce(
                        bool_or(later_steps.action = 'send_invite') over (
                            order by later_steps.position
                            rows between 1 following and unbounded following
                        ),
                        false
                    ) as invites_later
                from outreach.campaign_steps as current_step
                inner join outreach.campaign_steps as later_steps
                    on
                        current_step.workspace_id = later_steps.workspace_id
                        and current_step.campaign_id = later_steps.campaign_id
                        and current_step.position < later_steps.position
                where
                    current_step.workspace_id = $1
                    and current_step.step_id = people.current_step_id
                    and current_step.removed_at is null
            ) as later
            where
                later.action <> 'wait'
                and not (later.action = 'wait_accept' and people.is_connected)
                and not (
                    later.action = 'send_invite'
                    and (people.is_connected or people.is_invited)
                )
                and not (
                    later.action = 'resolve_profile'
                    and (people.prospects).provider_id is not null
                )
            order by later.position
            limit 1
        ) as ahead on true

    )

    select
        steps.enrollment_id,
        steps.step_id,
        steps.job_action,
        steps.to_status,
        case
            when
                steps.job_action is not null
                and not (
                    steps.action = 'send_message'
                    and steps.to_status = 'pending_accept'
                )
                then outreach.jittered_moment(
                    $1, steps.account_id, steps.enrollment_id,
                    $3 + steps.waited + case
                        when steps.action = 'wait_accept'
                            then outreach.exact_span(
                                (steps.settings ->> 'time_out')::interval
                            )
                        else '0'
                    end
                )
        end as run_at
    from steps
$$;
