-- Whether the answer just before this one, of the same account and action within a
-- day, was the same refusal of another person.
create or replace function outreach.refused_someone_else_before(
    attempt outreach.send_attempts,
    outcome text
)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (
            select
                outcomes.outcome = $2
                and attempts.prospect_id <> ($1).prospect_id
            from outreach.send_attempts as attempts
            inner join outreach.send_attempt_outcomes as outcomes
                on
                    attempts.workspace_id = outcomes.workspace_id
                    and attempts.attempt_id = outcomes.attempt_id
            where
                attempts.workspace_id = ($1).workspace_id
                and attempts.account_id = ($1).account_id
                and attempts.action = ($1).action
                and attempts.begun_at >= ($1).begun_at - interval '24 hours'
                and attempts.attempt_id < ($1).attempt_id
                and outcomes.decided_by = 'answer'
            order by attempts.attempt_id desc, outcomes.outcome_id desc
            limit 1
        ),
        false
    )
$$;
