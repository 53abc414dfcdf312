-- The step that follows for somebody at a step, one row for each of these places: the
-- first later step that is not done already, with the status at that step and the delay
-- of its job (null without a job); step_id is null if no step is left. Steps that are
-- skipped (an invite to a connected person, a wait for their accept, a look-up of a
-- known person) add their delays. A message to a person with a pending invite waits for
-- the accept, without a job.
-- The arrays have one element for each place, whose number is its position in them.
-- step_ids: the steps where they are. are_invited: whether an invite of them is or was
-- out. have_profiles: whether their LinkedIn ids are known.
create or replace function outreach.steps_after(
    workspace_id bigint,
    step_ids bigint [],
    linkedin_statuses text [],
    are_connected boolean [],
    are_invited boolean [],
    have_profiles boolean []
)
returns table (
    place bigint,
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

    moves as (

        select
            places.place,
            (ahead.step).step_id as step_id,
            (ahead.step).action as action,
            outreach.step_action(ahead.step, places.has_profile) as job_action,
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
                        places.linkedin_status = 'pending_accept'
                        and not places.is_connected
                        then 'pending_accept'
                    when
                        ahead.invites_later
                        and not (places.is_connected or places.is_invited)
                        then 'ready_to_invite'
                    else 'ready_to_message'
                end
                -- The last step is done. A pending invite keeps the enrollment open.
                when places.linkedin_status <> 'pending_accept' or places.is_connected
                    then 'completed'
                else places.linkedin_status
            end as to_status
        from unnest(
            step_ids, linkedin_statuses, are_connected, are_invited, have_profiles
        ) with ordinality as places (
            step_id, linkedin_status, is_connected, is_invited, has_profile, place
        )
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
                        later_steps.workspace_id = steps_after.workspace_id
                        and current_step.campaign_id = later_steps.campaign_id
                        and current_step.position < later_steps.position
                where
                    current_step.workspace_id = steps_after.workspace_id
                    and current_step.step_id = places.step_id
                    and current_step.removed_at is null
            ) as later
            where not case (later.step).action
                when 'wait' then true
                when 'wait_accept' then places.is_connected
                when 'send_invite' then places.is_connected or places.is_invited
                when 'resolve_profile' then places.has_profile
                else false
            end
            order by (later.step).position
            limit 1
        ) as ahead on true

    )

    select
        moves.place,
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
