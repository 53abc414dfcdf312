-- Pauses or resumes an account; null if it does not exist. See set_pause.
create or replace function outreach.set_account_pause(
    workspace_id bigint,
    account_id bigint,
    is_paused boolean,
    actor text,
    reason text,
    at timestamptz
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    was_paused boolean;
begin
    perform outreach.lock_accounts(
        set_account_pause.workspace_id, array[set_account_pause.account_id]
    );

    select accounts.paused_at is not null
    into was_paused
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = set_account_pause.workspace_id
        and accounts.account_id = set_account_pause.account_id;

    if was_paused is null or was_paused = is_paused then
        return was_paused <> is_paused;
    end if;

    update outreach.linkedin_accounts as accounts
    set
        paused_at = case when is_paused then at end,
        paused_by = case when is_paused then actor end,
        paused_reason = case when is_paused then reason end
    where
        accounts.workspace_id = set_account_pause.workspace_id
        and accounts.account_id = set_account_pause.account_id;

    return true;
end
$$;
