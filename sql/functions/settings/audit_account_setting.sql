-- Records that an actor changed a setting of an account, if it differs from what it
-- was. Returns whether it does. The caller holds the account's lock.
create or replace function outreach.audit_account_setting(
    workspace_id bigint,
    account_id bigint,
    setting text,
    was jsonb,
    actor text,
    at timestamptz
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    became constant jsonb := outreach.account_setting(
        audit_account_setting.workspace_id, audit_account_setting.account_id,
        audit_account_setting.setting
    );
begin
    if coalesce(trim(audit_account_setting.actor), '') = '' then
        raise exception
            'the change of the % of LinkedIn account % of workspace % has no actor',
            replace(audit_account_setting.setting, '_', ' '),
            audit_account_setting.account_id, audit_account_setting.workspace_id
            using
                errcode = 'check_violation',
                hint = 'Set actor to the person who changes it.';
    end if;

    if became is not distinct from audit_account_setting.was then
        return false;
    end if;

    insert into outreach.linkedin_account_setting_audit (
        workspace_id, account_id, setting, was, became, actor, changed_at
    )
    values (
        audit_account_setting.workspace_id, audit_account_setting.account_id,
        audit_account_setting.setting, audit_account_setting.was, became,
        audit_account_setting.actor, audit_account_setting.at
    );

    return true;
end
$$;
