-- Replaces all limits of an account by those of a preset, for its type and its age. A
-- ramp starts on the account's present day. account_age: of the LinkedIn account, as a
-- person states it; it is stored as a date, and null keeps what was stated before.
-- Returns the number of limits.
create or replace function outreach.apply_limit_preset(
    workspace_id bigint,
    account_id bigint,
    preset text,
    actor text,
    account_age interval default null,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
    moment timestamptz;
    today date;
    was jsonb;
    limit_count bigint;
begin
    account := outreach.lock_account(
        apply_limit_preset.workspace_id, apply_limit_preset.account_id
    );
    moment := coalesce(as_of, clock_timestamp());
    today := outreach.account_local_date(
        account.workspace_id, account.account_id, moment
    );
    was := outreach.account_setting(
        account.workspace_id, account.account_id, 'limits'
    );

    update outreach.linkedin_accounts as accounts
    set
        opened_on = coalesce(
            outreach.opened_on(apply_limit_preset.account_age, today),
            accounts.opened_on
        )
    where
        accounts.workspace_id = account.workspace_id
        and accounts.account_id = account.account_id
    returning accounts.opened_on into account.opened_on;

    delete from outreach.linkedin_account_limits as limits
    where
        limits.workspace_id = account.workspace_id
        and limits.account_id = account.account_id;

    insert into outreach.linkedin_account_limits (
        workspace_id, account_id, action, per, limit_count, minimum_gap, goal_count,
        growth_per_day, ramp_starts_on
    )
    select
        account.workspace_id,
        account.account_id,
        presets.action,
        presets.per,
        presets.limit_count,
        presets.minimum_gap,
        presets.goal_count,
        presets.growth_per_day,
        case when presets.goal_count is not null then today end
    from outreach.preset_limits(
        apply_limit_preset.preset,
        outreach.account_type(account.has_premium, account.premium_features),
        age(today::timestamp, account.opened_on::timestamp)
    ) as presets;

    get diagnostics limit_count = row_count;

    perform outreach.audit_account_setting(
        account.workspace_id, account.account_id, 'limits', was,
        apply_limit_preset.actor, moment
    );

    return limit_count;
end
$$;
