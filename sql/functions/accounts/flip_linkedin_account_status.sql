-- Flips an account's status and writes its audit row: the only writer of both. Alerts
-- and endpoints are told of it in the same transaction.
-- Returns the flip's status_seq, or null if the account has that status already.
-- Security definer: only the owner has the right to update the status, so this function
-- is the only way.
create or replace function outreach.flip_linkedin_account_status(
    workspace_id bigint,
    account_id bigint,
    to_status text,
    reason text,
    actor text,
    at timestamptz default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    before_flip outreach.linkedin_accounts;
    flip outreach.linkedin_account_status_audit;
    flip_seq bigint;
begin
    before_flip := outreach.lock_account(
        flip_linkedin_account_status.workspace_id, flip_linkedin_account_status.account_id
    );

    if before_flip.status = to_status then
        return null;
    end if;

    update outreach.linkedin_accounts as accounts
    set status = to_status
    where
        accounts.workspace_id = before_flip.workspace_id
        and accounts.account_id = before_flip.account_id
    returning accounts.status_seq into flip_seq;

    insert into outreach.linkedin_account_status_audit as flips (
        workspace_id, account_id, status_seq, from_status, to_status,
        reason, actor, flipped_at
    )
    values (
        before_flip.workspace_id, before_flip.account_id, flip_seq,
        before_flip.status, to_status,
        reason, actor, coalesce(at, clock_timestamp())
    )
    returning flips.* into flip;

    perform outreach.tell_account_status(flip);

    return flip_seq;
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.flip_linkedin_account_status(
    bigint, bigint, text, text, text, timestamptz
) from public;
grant execute on function outreach.flip_linkedin_account_status(
    bigint, bigint, text, text, text, timestamptz
) to sender, operator;
