-- Applies what an answer says about the account: a limit holds the account's action, and
-- an account that is down at the provider gets that status: restricted or locked if the
-- error's type says so, else disconnected. A deletion is proven by the provider's answer
-- about the account alone. Other answers say nothing about it. The caller holds the
-- account's lock.
create or replace function outreach.apply_answer_to_account(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes,
    actor text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    case recorded.outcome
        when 'account_limit' then
            perform outreach.hold_account_action(attempt, recorded);
        when 'account_down' then
            perform outreach.flip_linkedin_account_status(
                attempt.workspace_id, attempt.account_id,
                coalesce(
                    (
                        select states.status
                        from outreach.provider_account_states as states
                        where
                            states.state_field = 'error'
                            and states.provider_state = recorded.error_type
                            and states.status in ('restricted', 'locked')
                    ),
                    'disconnected'
                ),
                'the provider answered '
                || coalesce(recorded.error_type, recorded.outcome) || ' to attempt '
                || attempt.attempt_id,
                actor, recorded.recorded_at
            );
        else
            null;
    end case;
end
$$;
