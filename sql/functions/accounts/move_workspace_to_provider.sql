-- Moves a workspace to another provider: from then on its people are contacted through
-- the new one, and the queue is worked under the new address only. people is the number
-- of people that the caller expects to move; another number is refused, so that no
-- unexpected people are moved. Refused also while a job is claimed or sending. Runs with
-- its owner's rights: no role may change the provider by itself. Returns the number of
-- people.
create or replace function outreach.move_workspace_to_provider(
    workspace_id bigint,
    provider_dsn text,
    people bigint,
    actor text,
    reason text,
    as_of timestamptz default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    old_provider_dsn text;
    people_count bigint;
    account_ids bigint [];
begin
    -- A new person waits for this lock, since their row references the workspace.
    select workspaces.provider_dsn
    into old_provider_dsn
    from outreach.workspaces
    where workspaces.workspace_id = move_workspace_to_provider.workspace_id
    for update;

    if not found then
        raise exception 'there is no workspace %',
            move_workspace_to_provider.workspace_id
            using
                errcode = 'no_data_found',
                hint = 'Look it up with `trueup workspace list`.';
    end if;

    -- A claim and a begin hold the lock of their account.
    account_ids := array(
        select accounts.account_id
        from outreach.linkedin_accounts as accounts
        where accounts.workspace_id = move_workspace_to_provider.workspace_id
    );
    perform outreach.lock_accounts(
        move_workspace_to_provider.workspace_id, account_ids
    );

    people_count := outreach.assert_people_expected(
        move_workspace_to_provider.workspace_id,
        move_workspace_to_provider.provider_dsn, move_workspace_to_provider.people
    );

    if exists (
        select 1
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = move_workspace_to_provider.workspace_id
            and jobs.status in ('claimed', 'sending')
    ) then
        raise exception 'workspace % is being worked through %',
            move_workspace_to_provider.workspace_id, old_provider_dsn
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Stop its senders, then move it.';
    end if;

    insert into outreach.provider_moves (
        workspace_id, from_provider_dsn, to_provider_dsn, people_count, actor, reason,
        moved_at
    )
    values (
        move_workspace_to_provider.workspace_id, old_provider_dsn,
        move_workspace_to_provider.provider_dsn, people_count,
        move_workspace_to_provider.actor, move_workspace_to_provider.reason,
        coalesce(as_of, clock_timestamp())
    );

    update outreach.workspaces
    set provider_dsn = move_workspace_to_provider.provider_dsn
    where workspaces.workspace_id = move_workspace_to_provider.workspace_id;

    return people_count;
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.move_workspace_to_provider(
    bigint, text, bigint, text, text, timestamptz
) from public;
grant execute on function outreach.move_workspace_to_provider(
    bigint, text, bigint, text, text, timestamptz
) to operator;
