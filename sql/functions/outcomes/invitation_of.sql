-- The provider's id of the invite that an enrollment sent, as the ledger knows it.
create or replace function outreach.invitation_of(
    workspace_id bigint,
    enrollment_id bigint
)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select outcomes.provider_reference
    from outreach.send_attempts as attempts
    inner join outreach.send_attempt_outcomes as outcomes
        on
            attempts.workspace_id = outcomes.workspace_id
            and attempts.attempt_id = outcomes.attempt_id
    where
        attempts.workspace_id = $1
        and attempts.enrollment_id = $2
        and attempts.action = 'send_invite'
        and outcomes.means = 'sent'
        and outcomes.provider_reference is not null
    order by outcomes.outcome_id desc
    limit 1
$$;
