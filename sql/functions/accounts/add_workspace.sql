-- Adds a workspace that works through the provider at an address. timezone: of its new
-- accounts, unless another is named. Refused for a name that another workspace has.
-- Returns its id.
create or replace function outreach.add_workspace(
    name text,
    provider_dsn text,
    timezone text,
    actor text
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    new_name constant text := trim(add_workspace.name);
    new_workspace_id bigint;
begin
    if coalesce(new_name, '') = '' or coalesce(trim(add_workspace.actor), '') = '' then
        raise exception 'a workspace needs a name and an actor'
            using
                errcode = 'check_violation',
                hint = 'Name it after the team or the client whose accounts it holds.';
    elsif new_name ~ '^[0-9]+$' then
        raise exception 'a workspace cannot be called "%"', new_name
            using
                errcode = 'check_violation',
                hint = 'A number is read as an id. Give it a name with a letter.';
    end if;

    if not exists (
        select 1
        from outreach.timezones
        where timezones.timezone = add_workspace.timezone
    ) then
        raise exception 'the accounts of a workspace cannot live in time zone "%"',
            left(coalesce(add_workspace.timezone, ''), 100)
            using
                errcode = 'check_violation',
                hint = outreach.timezone_hint(add_workspace.timezone);
    end if;

    -- Two sessions that add the same name wait for one another.
    perform pg_advisory_xact_lock(
        hashtext('outreach.add_workspace'), hashtext(lower(new_name))
    );

    if exists (
        select 1
        from outreach.workspaces
        where lower(workspaces.name) = lower(new_name)
    ) then
        raise exception 'there is a workspace "%" already', new_name
            using
                errcode = 'unique_violation',
                hint = 'Give another name; `trueup workspace list` shows them.';
    end if;

    insert into outreach.workspaces (name, provider_dsn, timezone, created_by)
    values (
        new_name, add_workspace.provider_dsn, add_workspace.timezone,
        add_workspace.actor
    )
    returning workspaces.workspace_id into new_workspace_id;

    return new_workspace_id;
end
$$;
