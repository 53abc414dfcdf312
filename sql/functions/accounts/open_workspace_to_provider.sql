-- Gives a workspace an address of version 2 beside its own, so that accounts of both
-- versions send for it. people is the number of people that the caller expects, whom
-- accounts at the new address may contact from then on; another number is refused. Runs
-- with its owner's rights: no role may change the provider by itself. Returns whether
-- anything changed.
create or replace function outreach.open_workspace_to_provider(
    workspace_id bigint,
    provider_dsn text,
    people bigint,
    actor text,
    reason text,
    as_of timestamptz default null
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    own outreach.workspaces;
    people_count bigint;
begin
    -- A new person waits for this lock, since their row references the workspace.
    select workspaces.*
    into own
    from outreach.workspaces
    where workspaces.workspace_id = open_workspace_to_provider.workspace_id
    for update;

    if not found then
        raise exception 'there is no workspace %',
            open_workspace_to_provider.workspace_id
            using
                errcode = 'no_data_found',
                hint = 'Look it up with `trueup workspace list`.';
    elsif open_workspace_to_provider.provider_dsn in (
        own.provider_dsn, own.v2_provider_dsn
    ) then
        return false;
    elsif own.v2_provider_dsn is not null then
        raise exception 'workspace % has an address of version 2 already: %',
            own.workspace_id, own.v2_provider_dsn
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'A workspace has one address of each version.';
    end if;

    people_count := outreach.assert_people_expected(
        own.workspace_id, open_workspace_to_provider.provider_dsn,
        open_workspace_to_provider.people
    );

    insert into outreach.provider_moves (
        workspace_id, from_provider_dsn, to_provider_dsn, people_count, actor, reason,
        moved_at
    )
    values (
        own.workspace_id, own.provider_dsn, open_workspace_to_provider.provider_dsn,
        people_count, open_workspace_to_provider.actor,
        open_workspace_to_provider.reason, coalesce(as_of, clock_timestamp())
    );

    update outreach.workspaces
    set v2_provider_dsn = open_workspace_to_provider.provider_dsn
    where workspaces.workspace_id = own.workspace_id;

    return true;
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.open_workspace_to_provider(
    bigint, text, bigint, text, text, timestamptz
) from public;
grant execute on function outreach.open_workspace_to_provider(
    bigint, text, bigint, text, text, timestamptz
) to operator;
