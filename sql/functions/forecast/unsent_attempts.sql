-- The attempts of a workspace that are known unsent (outreach.state_of_means), of those
-- begun since a moment, and maybe earlier ones. They are few: asked for at once, they keep
-- a forecast from reading the outcomes of each attempt.
create or replace function outreach.unsent_attempts(
    workspace_id bigint,
    begun_since timestamptz
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    -- No outcome is older than its attempt.
    return query
    select unsent.attempt_id
    from (
        select distinct outcomes.attempt_id
        from outreach.send_attempt_outcomes as outcomes
        where
            outcomes.workspace_id = unsent_attempts.workspace_id
            and outcomes.means = 'unsent'
            and outcomes.recorded_at >= unsent_attempts.begun_since
    ) as unsent
    where
        outreach.state_of_means(
            array(
                select outcomes.means
                from outreach.send_attempt_outcomes as outcomes
                where
                    outcomes.workspace_id = unsent_attempts.workspace_id
                    and outcomes.attempt_id = unsent.attempt_id
            )
        ) = 'unsent';
end
$$;
