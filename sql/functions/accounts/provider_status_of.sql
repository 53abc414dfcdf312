-- The worst of an account's states at the provider, and the status that it means. No
-- row if there is no state, or only an error that does not concern the account.
create or replace function outreach.provider_status_of(
    state_field text,
    provider_states text []
)
returns table (
    provider_state text,
    status text
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        told.provider_state,
        states.status
    from unnest($2) as told (provider_state)
    inner join outreach.provider_account_states as states
        on
            states.state_field = $1
            and (
                states.provider_state = told.provider_state
                or (
                    states.provider_state = '*'
                    and not exists (
                        select 1
                        from outreach.provider_account_states as listed
                        where
                            listed.state_field = $1
                            and listed.provider_state = told.provider_state
                    )
                )
            )
    order by
        states.badness desc,
        told.provider_state
    limit 1
$$;
