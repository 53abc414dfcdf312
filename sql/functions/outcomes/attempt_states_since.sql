-- Each attempt begun after a moment with its state (outreach.state_of_attempt), from one
-- pass over the outcomes. For questions about many attempts; the view
-- outreach.attempt_states reads the outcomes of each attempt by themselves. No outcome is
-- older than its attempt. of_workspace_id: null for all workspaces. touched_since,
-- is_late: only what outreach.touched_attempt_states() finds; null for all.
create or replace function outreach.attempt_states_since(
    begun_since timestamptz default '-infinity',
    of_workspace_id bigint default null,
    touched_since timestamptz default null,
    is_late boolean default false
)
returns table (workspace_id bigint, attempt_id bigint, state text)
language plpgsql
stable
rows 100000
set search_path = pg_catalog, pg_temp
-- Planned for as many attempts as there are since the moment.
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
as $$
#variable_conflict use_column
begin
    if touched_since is not null then
        return query
        select touched.*
        from outreach.touched_attempt_states(
            attempt_states_since.touched_since, attempt_states_since.begun_since,
            attempt_states_since.is_late
        ) as touched;
        return;
    end if;

    return query
    select
        attempts.workspace_id,
        attempts.attempt_id,
        outreach.state_of_attempt(
            evidence.is_sent, evidence.is_unsent, evidence.is_unknown
        )
    from outreach.send_attempts as attempts
    left join (
        select
            outcomes.workspace_id,
            outcomes.attempt_id,
            bool_or(outcomes.means = 'sent') as is_sent,
            bool_or(outcomes.means = 'unsent') as is_unsent,
            bool_or(outcomes.means = 'unknown') as is_unknown
        from outreach.send_attempt_outcomes as outcomes
        where
            outcomes.recorded_at >= attempt_states_since.begun_since
            and (of_workspace_id is null or outcomes.workspace_id = of_workspace_id)
        group by
            outcomes.workspace_id,
            outcomes.attempt_id
    ) as evidence
        on
            attempts.workspace_id = evidence.workspace_id
            and attempts.attempt_id = evidence.attempt_id
    where
        attempts.begun_at > attempt_states_since.begun_since
        and (of_workspace_id is null or attempts.workspace_id = of_workspace_id);
end
$$;
