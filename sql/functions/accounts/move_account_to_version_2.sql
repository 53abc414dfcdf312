-- Moves an account from version 1 of the provider's API to version 2: its address and its
-- id there change, and nothing else of it. Ledger, queue, counters, history and settings
-- stay, because they belong to the account's row. Its status is connecting until the
-- provider proves it at the new address.
-- Refused unless the account is paused, so that nothing more is sent at the old address,
-- and while a send is under way or an answer waits, whose chat only version 1 knows.
-- Returns whether anything changed: false if it was moved to this id before. Locks the
-- account.
create or replace function outreach.move_account_to_version_2(
    workspace_id bigint,
    account_id bigint,
    provider_dsn text,
    provider_account_id text,
    actor text,
    reason text,
    at timestamptz default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
    own outreach.provider_accounts;
    wrong text;
    what_to_do text := 'Move it with `trueup account migrate-to-v2`, which pauses it '
    || 'first and waits for what is under way.';
begin
    account := outreach.lock_account(
        move_account_to_version_2.workspace_id, move_account_to_version_2.account_id
    );

    select provider_accounts.*
    into own
    from outreach.provider_accounts
    where
        provider_accounts.workspace_id = account.workspace_id
        and provider_accounts.account_id = account.account_id;

    if own.provider_version = 2 then
        if own.provider_account_id = move_account_to_version_2.provider_account_id then
            return false;
        end if;

        wrong := 'is called at version 2 already, as ' || own.provider_account_id;
    elsif own.provider_account_id is null then
        wrong := 'was never connected';
    elsif account.paused_at is null then
        wrong := 'is not paused, so version 1 may still send for it';
    elsif exists (
        select 1
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = account.workspace_id
            and jobs.account_id = account.account_id
            and jobs.status in ('claimed', 'sending')
    ) then
        wrong := 'has a send under way at version 1';
    elsif exists (
        select 1
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = account.workspace_id
            and jobs.account_id = account.account_id
            and jobs.action = 'answer_reply'
            and outreach.is_live_job(jobs.status)
    ) then
        wrong := 'has an answer that waits for its chat at version 1';
        what_to_do := 'Resume the account, and move it once the answer is sent.';
    end if;

    if wrong is not null then
        raise exception 'the account % (%) of workspace % %',
            account.name, account.account_id, account.workspace_id, wrong
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = what_to_do;
    end if;

    perform outreach.link_provider_account(
        account.workspace_id, account.account_id, own.linkedin_identity,
        move_account_to_version_2.provider_account_id, move_account_to_version_2.actor,
        move_account_to_version_2.reason, move_account_to_version_2.at,
        move_account_to_version_2.provider_dsn
    );

    -- Version 2 gives chats other ids. A message to a person goes on in their chat.
    delete from outreach.linkedin_chats as chats
    where
        chats.workspace_id = account.workspace_id
        and chats.account_id = account.account_id;

    perform outreach.flip_linkedin_account_status(
        account.workspace_id, account.account_id, 'connecting',
        move_account_to_version_2.reason, move_account_to_version_2.actor,
        move_account_to_version_2.at
    );

    return true;
end
$$;
