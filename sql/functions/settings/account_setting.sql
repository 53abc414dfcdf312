-- A setting of an account as outreach.linkedin_account_setting_audit stores it: limits,
-- sending_windows or timezone. Null if nothing is set.
create or replace function outreach.account_setting(
    workspace_id bigint,
    account_id bigint,
    setting text
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return case account_setting.setting
        when 'limits' then (
            select
                jsonb_agg(
                    jsonb_strip_nulls(
                        jsonb_build_object(
                            'action', limits.action,
                            'per', limits.per,
                            'limit', limits.limit_count,
                            'gap', nullif(limits.minimum_gap, '0'),
                            'goal', limits.goal_count,
                            'growth', limits.growth_per_day,
                            'from', limits.ramp_starts_on
                        )
                    )
                    order by limits.action, limits.per
                )
            from outreach.linkedin_account_limits as limits
            where
                limits.workspace_id = account_setting.workspace_id
                and limits.account_id = account_setting.account_id
        )
        when 'sending_windows' then to_jsonb(
            outreach.sending_windows_text(
                account_setting.workspace_id, account_setting.account_id
            )
        )
        when 'timezone' then (
            select to_jsonb(coalesce(accounts.next_timezone, accounts.timezone))
            from outreach.linkedin_accounts as accounts
            where
                accounts.workspace_id = account_setting.workspace_id
                and accounts.account_id = account_setting.account_id
        )
    end;
end
$$;
