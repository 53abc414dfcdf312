-- The login pages on which a new account may still log in, for a choice, newest first.
-- Security definer: the console reads them, without rights to their secrets.
create or replace function outreach.console_open_login_pages(at timestamptz)
returns table (
    workspace_id bigint,
    link_id bigint,
    description text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        workspaces.workspace_id,
        pages.link_id,
        format('%s, %s: %s', workspaces.name, pages.page, pages.settings)
    from outreach.open_login_pages(null, null, console_open_login_pages.at) as pages
    inner join outreach.workspaces
        on pages.in_workspace_id = workspaces.workspace_id
    order by pages.link_id desc
    limit 200;
end
$$;

revoke execute on function outreach.console_open_login_pages(timestamptz) from public;
grant execute on function outreach.console_open_login_pages(timestamptz) to console;
