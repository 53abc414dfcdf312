-- Replaces all sending windows of an account by those of a text: see
-- outreach.sending_windows_of_text(). Returns the windows as they are stored.
create or replace function outreach.set_account_windows(
    workspace_id bigint,
    account_id bigint,
    windows text,
    actor text,
    as_of timestamptz default null
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted constant jsonb := outreach.sending_windows_of_text(
        set_account_windows.windows
    );
    was jsonb;
begin
    perform outreach.lock_account(
        set_account_windows.workspace_id, set_account_windows.account_id
    );
    was := outreach.account_setting(
        set_account_windows.workspace_id, set_account_windows.account_id,
        'sending_windows'
    );

    perform outreach.set_sending_windows(
        set_account_windows.workspace_id, set_account_windows.account_id, wanted
    );
    perform outreach.audit_account_setting(
        set_account_windows.workspace_id, set_account_windows.account_id,
        'sending_windows', was, set_account_windows.actor,
        coalesce(as_of, clock_timestamp())
    );

    return outreach.sending_windows_text(
        set_account_windows.workspace_id, set_account_windows.account_id
    );
end
$$;
