-- Holds every limited action of an account until a moment. A hold is never shortened, and
-- one that lasts longer keeps its reason.
create or replace function outreach.hold_account(
    workspace_id bigint,
    account_id bigint,
    held_until timestamptz,
    reason text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    insert into outreach.linkedin_account_holds as holds (
        workspace_id, account_id, action, held_until, reason
    )
    select
        hold_account.workspace_id,
        hold_account.account_id,
        held.action,
        hold_account.held_until,
        hold_account.reason
    from unnest(
        array[
            'comment', 'resolve_profile', 'send_inmail', 'send_invite', 'send_message',
            'withdraw_invite'
        ]
    ) as held (action)
    on conflict (workspace_id, account_id, action) do update
    set
        held_until = excluded.held_until,
        reason = excluded.reason
    where holds.held_until < excluded.held_until;
end
$$;
