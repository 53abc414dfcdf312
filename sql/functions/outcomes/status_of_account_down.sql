-- The status of an account after an answer that it is down at the provider, by the type
-- of its error: restricted or locked if the type says so, else disconnected. A deletion
-- is proven by the provider's answer about the account alone.
create or replace function outreach.status_of_account_down(error_type text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return coalesce(
        (
            select states.status
            from outreach.provider_account_states as states
            where
                states.state_field = 'error'
                and states.provider_state = status_of_account_down.error_type
                and states.status in ('restricted', 'locked')
        ),
        'disconnected'
    );
end
$$;
