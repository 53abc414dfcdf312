-- The effects of outcomes that mean "sent", one row each: its event (null if there was
-- one before), the change of status with that event and the time of the first invite
-- (null if they stay), and the job that this answer completes (null if no job waits for
-- it): the live job of the step, which is not the attempt's own job if that one has ended.
-- A success without a proof (a message without its id, a comment) has the event
-- send_unproven, which no figure counts; the action's own event follows once it is found
-- at the provider. A withdrawal of an invite spends nothing and counts on no day.
create or replace function outreach.sends_to_settle(
    workspace_id bigint,
    outcome_ids bigint []
)
returns table (
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes,
    enrollment outreach.campaign_prospects,
    event_type text,
    counts boolean,
    to_status text,
    invited_at timestamptz,
    waiting_job_id bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        row(attempts.*)::outreach.send_attempts,
        row(outcomes.*)::outreach.send_attempt_outcomes,
        row(enrollments.*)::outreach.campaign_prospects,
        news.event_type,
        telling.event_type not in ('send_unproven', 'invite_withdrawn'),
        flips.to_status,
        case
            when attempts.action = 'send_invite' and enrollments.linkedin_invited_at is null
                then attempts.begun_at
        end,
        waiting.job_id
    from unnest(outcome_ids) as asked (outcome_id)
    -- Forces one index look-up per row, which is fast whatever the statistics.
    cross join lateral (
        select found.*
        from outreach.send_attempt_outcomes as found
        where
            found.workspace_id = sends_to_settle.workspace_id
            and found.outcome_id = asked.outcome_id
        offset 0
    ) as outcomes
    cross join lateral (
        select found.*
        from outreach.send_attempts as found
        where
            found.workspace_id = sends_to_settle.workspace_id
            and found.attempt_id = outcomes.attempt_id
        offset 0
    ) as attempts
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = sends_to_settle.workspace_id
            and attempts.enrollment_id = enrollments.enrollment_id
    left join lateral (
        select jobs.job_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = sends_to_settle.workspace_id
            and jobs.enrollment_id = attempts.enrollment_id
            and outreach.is_live_job(jobs.status)
            and jobs.step_id = attempts.step_id
            and jobs.action = attempts.action
            -- A job with a later attempt waits for that answer.
            and (
                jobs.status not in ('sending', 'unknown')
                or not exists (
                    select 1
                    from outreach.send_attempts as later_attempts
                    where
                        later_attempts.workspace_id = sends_to_settle.workspace_id
                        and later_attempts.job_id = jobs.job_id
                        and later_attempts.attempt_id > attempts.attempt_id
                    offset 0
                )
            )
    ) as waiting on true
    cross join lateral (
        select outreach.event_of_send(attempts.action, outcomes.outcome) as event_type
    ) as telling
    cross join lateral (
        select
            case
                when not exists (
                    select 1
                    from outreach.campaign_events as events
                    where
                        events.workspace_id = sends_to_settle.workspace_id
                        and events.enrollment_id = attempts.enrollment_id
                        and events.attempt_id = attempts.attempt_id
                        and (
                            events.counted_on is not null
                            or events.event_type = telling.event_type
                        )
                    offset 0
                )
                    then telling.event_type
            end as event_type
        offset 0 -- the events are looked up once
    ) as news
    cross join lateral (
        select
            case
                -- It is parked at another step.
                when
                    enrollments.linkedin_status = 'pending_template_fix'
                    and waiting.job_id is null
                    then null
                when
                    news.event_type = 'invite_sent'
                    and enrollments.linkedin_status in (
                        'ready_to_invite', 'pending_template_fix'
                    )
                    then 'pending_accept'
                -- It was parked after this call, and needs the send no longer.
                when
                    news.event_type is not null
                    and enrollments.linkedin_status = 'pending_template_fix'
                    then case
                        when enrollments.linkedin_accepted_at is not null
                            then 'ready_to_message'
                        else (
                            select events.from_status
                            from outreach.campaign_events as events
                            where
                                events.workspace_id = sends_to_settle.workspace_id
                                and events.enrollment_id = enrollments.enrollment_id
                                and events.to_status = 'pending_template_fix'
                            order by events.event_id desc
                            limit 1
                        )
                    end
                when
                    news.event_type = 'invite_withdrawn'
                    and enrollments.linkedin_status = 'pending_accept'
                    then 'withdrawn'
            end as to_status
    ) as flips;
end
$$;
