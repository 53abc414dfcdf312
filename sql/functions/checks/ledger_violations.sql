-- Where attempts contradict a promise, their outcomes, their events or their jobs.
-- duplicated: a step or an answer with more than one attempt that may have reached the
-- person.
-- lost: a send that the attempts know and the events do not, or the other way round.
-- stuck: an attempt without any outcome whose job waits for none.
-- of_workspace_id: null for all at once.
create or replace function outreach.ledger_violations(
    of_workspace_id bigint default null
)
returns table (kind text, workspace_id bigint, subject text, detail text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- Planned for one workspace or for all, whichever is asked for.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
    return query
    with

    attempts as materialized (

        select
            send_attempts.workspace_id,
            send_attempts.attempt_id,
            send_attempts.job_id,
            send_attempts.enrollment_id,
            send_attempts.step_id,
            send_attempts.answer_id,
            send_attempts.action,
            states.state
        from outreach.send_attempts
        inner join outreach.attempt_states_since(
            of_workspace_id => ledger_violations.of_workspace_id
        ) as states
            on
                send_attempts.workspace_id = states.workspace_id
                and send_attempts.attempt_id = states.attempt_id
        where
            ledger_violations.of_workspace_id is null
            or send_attempts.workspace_id = ledger_violations.of_workspace_id

    )

    select
        'duplicated',
        repeated.workspace_id,
        coalesce(
            'enrollment ' || repeated.enrollment_id, 'answer ' || repeated.answer_id
        ),
        repeated.attempt_count || ' attempts of ' || repeated.action
        || coalesce(' on step ' || repeated.step_id, '') || ' that are not known unsent'
    from (
        select
            attempts.workspace_id,
            attempts.enrollment_id,
            attempts.step_id,
            attempts.answer_id,
            attempts.action,
            count(*) as attempt_count
        from attempts
        where attempts.state <> 'unsent'
        group by 1, 2, 3, 4, 5
        having count(*) > 1
        offset 0 -- asks of the few groups whether the action may be repeated
    ) as repeated
    where not outreach.may_be_repeated(repeated.action)

    union all

    select
        'lost',
        unheard.workspace_id,
        'attempt ' || unheard.attempt_id,
        'was sent, but has no event'
    from (
        -- As sets: a join by row is planned for few attempts and lasts for hours.
        select attempts.workspace_id, attempts.attempt_id
        from attempts
        -- An answer is no event of a campaign.
        where attempts.state = 'sent' and attempts.answer_id is null

        except

        select events.workspace_id, events.attempt_id
        from outreach.campaign_events as events
        where
            (of_workspace_id is null or events.workspace_id = of_workspace_id)
            and events.attempt_id is not null
    ) as unheard

    union all

    select
        'lost',
        events.workspace_id,
        'event ' || events.event_id,
        events.event_type || ' tells of attempt ' || events.attempt_id
        || ', which is not known sent'
    from outreach.campaign_events as events
    left join attempts
        on
            events.workspace_id = attempts.workspace_id
            and events.attempt_id = attempts.attempt_id
    where
        (of_workspace_id is null or events.workspace_id = of_workspace_id)
        and events.counted_on is not null
        and events.attempt_id is not null
        and attempts.state is distinct from 'sent'

    union all

    select
        'lost',
        jobs.workspace_id,
        'job ' || jobs.job_id,
        'is completed, but none of its attempts is known sent'
    from outreach.campaign_send_jobs as jobs
    where
        (of_workspace_id is null or jobs.workspace_id = of_workspace_id)
        and jobs.status = 'completed'
        and not exists (
            select 1
            from attempts
            where
                attempts.workspace_id = jobs.workspace_id
                and attempts.job_id = jobs.job_id
                and attempts.state = 'sent'
        )

    union all

    select
        'stuck',
        attempts.workspace_id,
        'attempt ' || attempts.attempt_id,
        'has no outcome, but its job is ' || jobs.status
    from attempts
    inner join outreach.campaign_send_jobs as jobs
        on
            attempts.workspace_id = jobs.workspace_id
            and attempts.job_id = jobs.job_id
    where
        (of_workspace_id is null or jobs.workspace_id = of_workspace_id)
        and jobs.status not in ('sending', 'unknown')
        and attempts.state = 'open';
end
$$;
