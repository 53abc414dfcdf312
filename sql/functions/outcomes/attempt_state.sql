-- What the ledger knows of an attempt: sent, unsent, unknown or open (no word yet).
-- Any evidence that it was sent outweighs all else; a definite no outweighs doubt.
create or replace function outreach.attempt_state(
    workspace_id bigint,
    attempt_id bigint
)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        case
            when bool_or(outcomes.means = 'sent') then 'sent'
            when bool_or(outcomes.means = 'unsent') then 'unsent'
            when bool_or(outcomes.means = 'unknown') then 'unknown'
            else 'open'
        end
    from outreach.send_attempt_outcomes as outcomes
    where
        outcomes.workspace_id = $1
        and outcomes.attempt_id = $2
$$;
