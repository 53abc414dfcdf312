-- Each attempt begun after a moment with its state (outreach.state_of_attempt), of the
-- accounts' actions that have an attempt begun after touched_since, or with is_late those
-- of which an outcome was recorded since then for an attempt begun before. For a look at
-- what is new: it reads the attempts of these accounts by index.
create or replace function outreach.touched_attempt_states(
    touched_since timestamptz,
    begun_since timestamptz,
    is_late boolean
)
returns table (workspace_id bigint, attempt_id bigint, state text)
language plpgsql
stable
rows 1000
set search_path = pg_catalog, pg_temp
-- Planned for as many attempts as there are since the moment.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
    return query
    select
        found.workspace_id,
        found.attempt_id,
        found.state
    from (
        select
            attempts.workspace_id,
            attempts.account_id,
            attempts.action
        from outreach.send_attempts as attempts
        where
            not is_late
            and attempts.begun_at > touched_since
        union
        select
            attempts.workspace_id,
            attempts.account_id,
            attempts.action
        from outreach.send_attempt_outcomes as outcomes
        inner join outreach.send_attempts as attempts
            on
                outcomes.workspace_id = attempts.workspace_id
                and outcomes.attempt_id = attempts.attempt_id
        where
            is_late
            and outcomes.recorded_at > touched_since
            and attempts.begun_at <= touched_since
    ) as touched
    -- The states are those of the view: a state that a function of SQL works out of an
    -- array costs ten times as much.
    cross join lateral (
        select
            states.workspace_id,
            states.attempt_id,
            states.state
        from outreach.attempt_states as states
        where
            states.workspace_id = touched.workspace_id
            and states.account_id = touched.account_id
            and states.action = touched.action
            and states.begun_at > touched_attempt_states.begun_since
        offset 0 -- keeps this an index look-up per account
    ) as found;
end
$$;
