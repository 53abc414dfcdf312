-- Sends of which one side knows and the other does not: an attempt known sent without
-- its event, an event without such an attempt, a completed job without either.
create or replace function outreach.lost_sends()
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        attempts.workspace_id,
        'attempt ' || attempts.attempt_id,
        'was sent, but has no event'
    from outreach.send_attempts as attempts
    where
        outreach.attempt_state(attempts.workspace_id, attempts.attempt_id) = 'sent'
        and not exists (
            select 1
            from outreach.campaign_events as events
            where
                events.workspace_id = attempts.workspace_id
                and events.attempt_id = attempts.attempt_id
        )

    union all

    select
        events.workspace_id,
        'event ' || events.event_id,
        events.event_type || ' tells of attempt ' || events.attempt_id
        || ', which is not known sent'
    from outreach.campaign_events as events
    where
        events.counted_on is not null
        and events.attempt_id is not null
        and outreach.attempt_state(events.workspace_id, events.attempt_id) <> 'sent'

    union all

    select
        jobs.workspace_id,
        'job ' || jobs.job_id,
        'is completed, but none of its attempts is known sent'
    from outreach.campaign_send_jobs as jobs
    where
        jobs.status = 'completed'
        and not exists (
            select 1
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = jobs.workspace_id
                and attempts.job_id = jobs.job_id
                and outreach.attempt_state(
                    attempts.workspace_id, attempts.attempt_id
                ) = 'sent'
        )
$$;
