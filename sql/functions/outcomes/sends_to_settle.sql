-- What outcomes that say "sent" mean, one row each: the event that tells of it (null
-- where one has told of it before), the status that comes with it (null where it
-- stays), and whether the job was waiting for this answer. A yes without a proof (a
-- message without its id, a comment) is told as send_unproven, which no figure counts:
-- the action's own event follows once it was found at the provider (decided_sent).
-- Taking an invite back spends nothing and counts on no day.
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
    was_waited_for boolean
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        attempts.attempt,
        outcomes.recorded,
        enrollments,
        case
            when not exists (
                select 1
                from outreach.campaign_events as events
                where
                    events.workspace_id = $1
                    and events.enrollment_id = attempts.enrollment_id
                    and events.attempt_id = attempts.attempt_id
                    and (
                        events.counted_on is not null
                        or events.event_type = telling.event_type
                    )
                offset 0
            )
                then telling.event_type
        end as event_type,
        telling.event_type not in ('send_unproven', 'invite_withdrawn') as counts,
        case
            when
                telling.event_type = 'invite_sent'
                and enrollments.linkedin_status in (
                    'ready_to_invite', 'pending_template_fix'
                )
                then 'pending_accept'
            when
                telling.event_type = 'invite_withdrawn'
                and enrollments.linkedin_status = 'pending_accept'
                then 'withdrawn'
        end as to_status,
        -- A job that went on to a later attempt waits for that one's own answer.
        jobs.status in ('queued', 'claimed', 'parked')
        or (
            jobs.status in ('sending', 'unknown')
            and not exists (
                select 1
                from outreach.send_attempts as later_attempts
                where
                    later_attempts.workspace_id = $1
                    and later_attempts.enrollment_id = attempts.enrollment_id
                    and later_attempts.step_id = attempts.step_id
                    and later_attempts.job_id = attempts.job_id
                    and later_attempts.attempt_id > attempts.attempt_id
                offset 0
            )
        ) as was_waited_for
    from unnest($2) as asked (outcome_id)
    -- Each by an index look-up of its own, whatever the statistics say.
    cross join lateral (
        select
            found as recorded,
            found.*
        from outreach.send_attempt_outcomes as found
        where
            found.workspace_id = $1
            and found.outcome_id = asked.outcome_id
        offset 0
    ) as outcomes
    cross join lateral (
        select
            found as attempt,
            found.*
        from outreach.send_attempts as found
        where
            found.workspace_id = $1
            and found.attempt_id = outcomes.attempt_id
        offset 0
    ) as attempts
    inner join outreach.campaign_prospects as enrollments
        on
            attempts.workspace_id = enrollments.workspace_id
            and attempts.enrollment_id = enrollments.enrollment_id
    inner join outreach.campaign_send_jobs as jobs
        on
            attempts.workspace_id = jobs.workspace_id
            and attempts.job_id = jobs.job_id
    cross join lateral (
        select
            case
                when outcomes.outcome = 'sent_unproven' then 'send_unproven'
                when attempts.action = 'resolve_profile' then 'profile_resolved'
                when attempts.action = 'send_invite' then 'invite_sent'
                when attempts.action = 'send_message' then 'message_sent'
                when attempts.action = 'send_inmail' then 'inmail_sent'
                when attempts.action = 'comment' then 'comment_posted'
                when attempts.action = 'withdraw_invite' then 'invite_withdrawn'
            end as event_type
    ) as telling
$$;
