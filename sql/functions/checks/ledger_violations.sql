-- Where attempts contradict a promise, their outcomes, their events or their jobs.
-- duplicated: a step or an answer with more than one attempt that may have reached the
-- person.
-- lost: a send that the attempts know and the events do not, or the other way round.
-- stuck: an attempt without any outcome whose job waits for none.
-- of_workspace_id: null for all at once.
-- Rows are brought together by grouping and never by a join: the planner cannot know how
-- many attempts there are, and a join that is planned for few of them lasts for hours.
-- Citus takes no lateral with a sum of all its rows here either.
create or replace function outreach.ledger_violations(of_workspace_id bigint default null)
returns table (kind text, workspace_id bigint, subject text, detail text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- Planned for one workspace or for all, whichever is asked for.
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
as $$
#variable_conflict use_column
begin
    return query
    with

    -- Of the events of an attempt, one at most is counted.
    attempts as materialized (

        select
            said.workspace_id, said.attempt_id, max(said.job_id) as job_id,
            max(said.enrollment_id) as enrollment_id, max(said.step_id) as step_id,
            max(said.answer_id) as answer_id, max(said.action) as action,
            outreach.state_of_attempt(
                bool_or(said.means = 'sent'), bool_or(said.means = 'unsent'),
                bool_or(said.means = 'unknown')
            ) as state,
            count(said.event_id) > 0 as is_told,
            max(said.event_id) filter (where said.counted_on is not null)
                as counted_event_id
        from (
            select
                begun.workspace_id, begun.attempt_id, begun.job_id, begun.enrollment_id,
                begun.step_id, begun.answer_id, begun.action,
                null as means, null::bigint as event_id, null::date as counted_on
            from outreach.send_attempts as begun
            where of_workspace_id is null or begun.workspace_id = of_workspace_id
            union all
            select
                outcomes.workspace_id, outcomes.attempt_id, null, null, null, null, null,
                outcomes.means, null, null
            from outreach.send_attempt_outcomes as outcomes
            where of_workspace_id is null or outcomes.workspace_id = of_workspace_id
            union all
            select
                events.workspace_id, events.attempt_id, null, null, null, null, null,
                null, events.event_id, events.counted_on
            from outreach.campaign_events as events
            where
                (of_workspace_id is null or events.workspace_id = of_workspace_id)
                and events.attempt_id is not null
        ) as said
        group by said.workspace_id, said.attempt_id

    ),

    jobs as (

        select
            told.workspace_id, told.job_id, max(told.status) as status,
            bool_or(told.state = 'sent') as is_sent,
            array_agg(told.attempt_id) filter (where told.state = 'open') as open_attempt_ids
        from (
            select workspace_id, job_id, attempt_id, state, null as status
            from attempts
            union all
            select queued.workspace_id, queued.job_id, null, null, queued.status
            from outreach.campaign_send_jobs as queued
            where of_workspace_id is null or queued.workspace_id = of_workspace_id
        ) as told
        group by told.workspace_id, told.job_id

    )

    select
        'duplicated',
        repeated.workspace_id,
        coalesce('enrollment ' || repeated.enrollment_id, 'answer ' || repeated.answer_id),
        repeated.attempt_count || ' attempts of ' || repeated.action
        || coalesce(' on step ' || repeated.step_id, '') || ' that are not known unsent'
    from (
        select
            workspace_id, enrollment_id, step_id, answer_id, action,
            count(*) as attempt_count
        from attempts
        where
            state <> 'unsent'
            and (enrollment_id is not null and step_id is not null or answer_id is not null)
        group by 1, 2, 3, 4, 5
        having count(*) > 1
        offset 0 -- asks of the few groups whether the action may be repeated
    ) as repeated
    where not outreach.may_be_repeated(repeated.action)

    union all

    select 'lost', workspace_id, 'attempt ' || attempt_id, 'was sent, but has no event'
    from attempts
    -- An answer is no event of a campaign.
    where state = 'sent' and answer_id is null and not is_told

    union all

    select
        'lost',
        workspace_id,
        'event ' || counted_event_id,
        'tells of attempt ' || attempt_id || ', which is not known sent'
    from attempts
    where counted_event_id is not null and state <> 'sent'

    union all

    select
        'lost',
        workspace_id,
        'job ' || job_id,
        'is completed, but none of its attempts is known sent'
    from jobs
    where status = 'completed' and is_sent is not true

    union all

    select
        'stuck',
        workspace_id,
        'attempt ' || unnest(open_attempt_ids),
        'has no outcome, but its job is ' || status
    from jobs
    where open_attempt_ids is not null and status not in ('sending', 'unknown');
end
$$;
