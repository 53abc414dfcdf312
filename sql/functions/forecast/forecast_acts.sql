-- What these accounts do from a moment until another, if nothing changes: one row for
-- each act that the sender will do for an active enrollment, and one for each active
-- enrollment whose next act does not go before then.
-- account_ids: null for all of the workspace.
-- See outreach.simulate_sends() for the times of an act.
create or replace function outreach.forecast_acts(
    workspace_id bigint,
    account_ids bigint [],
    as_of timestamptz,
    until timestamptz
)
returns setof outreach.forecast_act
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    going record;
begin
    select
        array_agg(queue.account_id) filter (where queue.goes) as account_ids,
        array_agg(queue.enrollment_id) filter (where queue.goes) as enrollment_ids,
        array_agg(queue.job_id) filter (where queue.goes) as job_ids,
        array_agg(queue.list) filter (where queue.goes) as lists,
        array_agg(queue.starts_at) filter (where queue.goes) as starts_ats,
        array_agg(queue.place) filter (where queue.goes) as places,
        array_agg(queue.place_number) filter (where queue.goes) as place_numbers,
        array_agg(queue.account_id) filter (where not queue.goes) as others_account_ids,
        array_agg(queue.enrollment_id) filter (where not queue.goes) as other_ids,
        array_agg(queue.job_id) filter (where not queue.goes) as other_job_ids,
        array_agg(queue.action) filter (where not queue.goes) as other_actions,
        array_agg(queue.blocker) filter (where not queue.goes) as other_blockers,
        array_agg(queue.sender_does) filter (where not queue.goes)
            as others_sender_does
    into going
    from outreach.forecast_queue(
        forecast_acts.workspace_id, forecast_acts.account_ids, forecast_acts.as_of,
        forecast_acts.until
    ) as queue;

    return query
    select
        others.account_id,
        others.enrollment_id,
        1,
        others.job_id,
        enrollments.current_step_id,
        others.action,
        case
            when others.blocker = 'being_sent' then 'expected'
            when others.sender_does = 'cancel' then 'ending'
            else 'blocked'
        end,
        sending.at,
        sending.at,
        sending.at + interval '2 minutes',
        others.blocker,
        null::integer
    from unnest(
        going.others_account_ids, going.other_ids, going.other_job_ids,
        going.other_actions, going.other_blockers, going.others_sender_does
    ) as others (account_id, enrollment_id, job_id, action, blocker, sender_does)
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = forecast_acts.workspace_id
            and others.enrollment_id = enrollments.enrollment_id
    cross join lateral (
        select
            case
                when others.blocker = 'being_sent' then forecast_acts.as_of
            end as at
    ) as sending;

    return query
    select sending.*
    from outreach.forecast_going(
        forecast_acts.workspace_id, forecast_acts.as_of, forecast_acts.until,
        going.account_ids, going.enrollment_ids, going.job_ids, going.lists,
        going.starts_ats, going.places, going.place_numbers
    ) as sending;
end
$$;
