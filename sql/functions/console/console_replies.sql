-- A page of who accepted or wrote, of one workspace or of all (null): unread first, then
-- the newest; see outreach.list_conversations(). before: the last row of the page
-- before this one, null for the first page. last_message is cut after 200 characters.
-- Each workspace is asked for its part of the page alone. Security definer: the console
-- reads it, without rights to its tables.
create or replace function outreach.console_replies(
    wanted_workspace_id bigint,
    only_unread boolean,
    before jsonb,
    most_rows integer
)
returns table (
    workspace_id bigint,
    workspace text,
    account_id bigint,
    account text,
    timezone text,
    person text,
    name text,
    company text,
    campaign text,
    linkedin_status text,
    accepted_at timestamptz,
    replied_at timestamptz,
    latest_at timestamptz,
    is_unread boolean,
    unread_count bigint,
    last_message text,
    is_last_own boolean,
    is_do_not_contact boolean,
    answer_status text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one record;
    -- The rows of each workspace that may be on the page, side by side.
    found_ids bigint [] := '{}';
    found_unread boolean [] := '{}';
    found_latest timestamptz [] := '{}';
    found_account_ids bigint [] := '{}';
    found_people text [] := '{}';
begin
    for one in
        select listed.workspace_id
        from outreach.workspaces as listed
        where
            wanted_workspace_id is null
            or listed.workspace_id = wanted_workspace_id
        order by listed.workspace_id
    loop
        select
            found_ids || coalesce(array_agg(one.workspace_id), '{}'),
            found_unread || coalesce(array_agg(page.is_unread), '{}'),
            found_latest || coalesce(array_agg(page.latest_at), '{}'),
            found_account_ids || coalesce(array_agg(page.account_id), '{}'),
            found_people || coalesce(array_agg(page.person), '{}')
        into
            found_ids,
            found_unread,
            found_latest,
            found_account_ids,
            found_people
        from outreach.page_of_conversations(
            one.workspace_id, null, null, only_unread, most_rows, before
        ) as page;
    end loop;

    for one in
        select
            first_rows.workspace_id,
            workspaces.name,
            count(*)::integer as row_count
        from (
            select keys.workspace_id
            from unnest(
                found_ids, found_unread, found_latest, found_account_ids, found_people
            ) as keys (workspace_id, is_unread, latest_at, account_id, person)
            order by
                keys.is_unread desc,
                keys.latest_at desc,
                keys.account_id desc,
                keys.person desc
            limit most_rows
        ) as first_rows
        inner join outreach.workspaces
            on first_rows.workspace_id = workspaces.workspace_id
        group by
            first_rows.workspace_id,
            workspaces.name
    loop
        return query
        select
            one.workspace_id,
            one.name,
            listed.account_id,
            listed.account,
            listed.timezone,
            listed.person,
            listed.name,
            listed.company,
            listed.campaign,
            listed.linkedin_status,
            listed.accepted_at,
            listed.replied_at,
            listed.latest_at,
            listed.is_unread,
            listed.unread_count,
            left(listed.last_message, 200),
            listed.is_last_own,
            listed.is_do_not_contact,
            listed.answer_status
        from outreach.list_conversations(
            one.workspace_id, null, null, only_unread, one.row_count, before
        ) as listed;
    end loop;
end
$$;

revoke execute on function outreach.console_replies(
    bigint, boolean, jsonb, integer
) from public;
grant execute on function outreach.console_replies(
    bigint, boolean, jsonb, integer
) to console;
