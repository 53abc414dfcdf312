-- Flips an account's status to the one that the provider reports, and records the
-- health check. known_seq is the status_seq from before the query. If another session
-- has flipped the status since, the answer is not applied.
-- product_states: of LinkedIn's products, null where the provider does not say them.
-- outcome: flipped, same, superseded, or unproven if the states have no meaning for the
-- account.
create or replace function outreach.apply_provider_states(
    workspace_id bigint,
    account_id bigint,
    known_seq bigint,
    state_field text,
    provider_states text [],
    actor text,
    reason text,
    asked_at timestamptz,
    product_states jsonb default null
)
returns table (
    outcome text,
    provider_state text,
    from_status text,
    to_status text
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
    said text;
    flip_seq bigint;
begin
    account := outreach.lock_account(
        apply_provider_states.workspace_id, apply_provider_states.account_id
    );

    from_status := account.status;

    select
        told.provider_state,
        told.status
    into
        provider_state,
        to_status
    from outreach.provider_status_of(state_field, provider_states) as told;

    if not found then
        outcome := 'unproven';
        to_status := account.status;
    elsif account.status_seq <> known_seq then
        outcome := 'superseded';
        to_status := account.status;
    else
        outcome := case when to_status = account.status then 'same' else 'flipped' end;

        -- Before the flip, which tells whether the account may still act.
        update outreach.linkedin_accounts as accounts
        set
            last_sync_at = greatest(accounts.last_sync_at, asked_at),
            product_states = apply_provider_states.product_states
        where
            accounts.workspace_id = account.workspace_id
            and accounts.account_id = account.account_id;

        said := (
            select
                string_agg(
                    products.key || ' ' || products.value, ', ' order by products.key
                )
            from jsonb_each_text(apply_provider_states.product_states) as products
        );

        flip_seq := outreach.flip_linkedin_account_status(
            account.workspace_id, account.account_id, to_status,
            reason || ': the provider says ' || provider_state
            || coalesce(' (' || said || ')', ''),
            actor, asked_at
        );

        -- The inbox of a product that runs, or is the account's, again was not read
        -- meanwhile. After a flip, it is known since when (outreach.messages_read_since).
        if
            flip_seq is null
            and account.product_states is not null
            and exists (
                select 1
                from jsonb_each_text(
                    apply_provider_states.product_states
                ) as products
                where
                    products.value = 'running'
                    and coalesce(account.product_states ->> products.key, '') <> 'running'
            )
        then
            perform outreach.forget_read_messages(
                account.workspace_id, account.account_id, '-infinity'
            );
        end if;
    end if;

    return next;
end
$$;
