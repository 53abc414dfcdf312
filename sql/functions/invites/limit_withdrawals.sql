-- Gives an account that has no daily limit of withdrawals the one of the preset
-- "recommended" for its type and age. The caller holds the account's lock.
create or replace function outreach.limit_withdrawals(
    workspace_id bigint,
    account_id bigint,
    actor text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted jsonb;
begin
    select
        jsonb_agg(
            jsonb_build_object(
                'action', presets.action,
                'per', presets.per,
                'limit', presets.limit_count,
                'gap', presets.minimum_gap
            )
        )
    into wanted
    from outreach.linkedin_accounts as accounts
    cross join lateral outreach.preset_limits(
        'recommended',
        outreach.account_type(accounts.has_premium, accounts.premium_features),
        age(
            (limit_withdrawals.at at time zone 'UTC')::date::timestamp,
            accounts.opened_on::timestamp
        )
    ) as presets
    where
        accounts.workspace_id = limit_withdrawals.workspace_id
        and accounts.account_id = limit_withdrawals.account_id
        and presets.action = 'withdraw_invite'
        and presets.per = 'day'
        and not exists (
            select 1
            from outreach.linkedin_account_limits as limits
            where
                limits.workspace_id = limit_withdrawals.workspace_id
                and limits.account_id = limit_withdrawals.account_id
                and limits.action = 'withdraw_invite'
                and limits.per = 'day'
        );

    if wanted is not null then
        perform outreach.set_account_limits(
            limit_withdrawals.workspace_id, limit_withdrawals.account_id, wanted,
            limit_withdrawals.actor, limit_withdrawals.at
        );
    end if;
end
$$;
