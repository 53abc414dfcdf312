-- The acts that follow these places if nobody accepts, replies or stops anything: one
-- row for each place that is passed on the way, with the place after it and the delay
-- before it. The places that are asked have the first numbers, in their order.
-- places: [{"step_id", "action", "status", "is_connected", "is_invited", "has_profile"}]
-- list: see outreach.forecast_jobs.
-- next_number: null where nothing follows by itself.
-- keeps_time: after a look-up, the step's own act has the same time.
create or replace function outreach.forecast_paths(
    workspace_id bigint,
    places jsonb []
)
returns table (
    number bigint,
    step_id bigint,
    action text,
    list text,
    next_number bigint,
    waits_for interval,
    keeps_time boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    known jsonb [] := places;
    asked jsonb [] := places;
    -- {"from", "to", "waits_for", "keeps_time"}
    moves jsonb [] := '{}';
    found jsonb [];
    done record;
    note_step_ids bigint [] := array(
        select needed.step_id
        from outreach.needed_note_steps(forecast_paths.workspace_id)
        as needed (step_id)
    );
begin
    while asked <> '{}' loop
        -- Where each of them is once its act is done.
        select
            array_agg((here.place ->> 'step_id')::bigint) as step_ids,
            array_agg(
                case
                    when here.place ->> 'action' = 'send_invite' then 'pending_accept'
                    else here.place ->> 'status'
                end
            ) as statuses,
            array_agg((here.place ->> 'is_connected')::boolean) as are_connected,
            array_agg(
                (here.place ->> 'is_invited')::boolean
                or here.place ->> 'action' = 'send_invite'
            ) as are_invited,
            array_agg(
                (here.place ->> 'has_profile')::boolean
                or here.place ->> 'action' = 'resolve_profile'
            ) as have_profiles
        into done
        from unnest(asked) as here (place);

        found := array(
            select
                jsonb_build_object(
                    'from', here.place,
                    'to',
                    here.place || jsonb_build_object(
                        'has_profile', done.have_profiles[here.number],
                        'is_invited', done.are_invited[here.number]
                    ) || case
                        when keeps.keeps_time
                            then jsonb_build_object('action', steps.action)
                        else jsonb_build_object(
                            'step_id', after.step_id,
                            'action', after.job_action,
                            'status', after.to_status
                        )
                    end,
                    'waits_for', after.waits_for,
                    'keeps_time', keeps.keeps_time
                )
            from unnest(asked) with ordinality as here (place, number)
            inner join outreach.campaign_steps as steps
                on
                    steps.workspace_id = forecast_paths.workspace_id
                    and steps.step_id = (here.place ->> 'step_id')::bigint
            inner join outreach.steps_after(
                forecast_paths.workspace_id, done.step_ids, done.statuses,
                done.are_connected, done.are_invited, done.have_profiles
            ) as after
                on here.number = after.place
            cross join lateral (
                select
                    here.place ->> 'action' = 'resolve_profile'
                    and steps.action <> 'resolve_profile' as keeps_time
            ) as keeps
            where
                here.place ->> 'action' <> 'withdraw_invite'
                and (keeps.keeps_time or after.waits_for is not null)
        );
        moves := moves || found;
        asked := array(
            select distinct move -> 'to'
            from unnest(found) as move
            where not move -> 'to' = any(known)
        );
        known := known || asked;
    end loop;

    return query
    select
        here.number,
        (here.place ->> 'step_id')::bigint,
        here.place ->> 'action',
        case
            when
                here.place ->> 'action' = 'send_invite'
                and (here.place ->> 'step_id')::bigint = any(note_step_ids)
                then 'send_invite_with_note'
            else here.place ->> 'action'
        end,
        next_places.number,
        (moves_on.move ->> 'waits_for')::interval,
        (moves_on.move ->> 'keeps_time')::boolean
    from unnest(known) with ordinality as here (place, number)
    left join unnest(moves) as moves_on (move)
        on here.place = moves_on.move -> 'from'
    left join unnest(known) with ordinality as next_places (place, number)
        on moves_on.move -> 'to' = next_places.place
    order by here.number;
end
$$;
