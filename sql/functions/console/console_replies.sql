-- A page of who accepted or wrote, of one workspace or of all (null): unread first, then
-- the newest; see outreach.list_conversations(). before: the last row of the page
-- before this one, null for the first page. last_message is cut after 200 characters.
-- The rows come workspace by workspace; the caller sorts them. Security definer: the
-- console reads it, without rights to its tables.
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
    -- The rows of each workspace that may be on the page.
    found jsonb := '[]';
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
            found || coalesce(
                jsonb_agg(
                    to_jsonb(page)
                    || jsonb_build_object('workspace_id', one.workspace_id)
                ),
                '[]'
            )
        into found
        from outreach.page_of_conversations(
            one.workspace_id, null, null, only_unread, most_rows, before
        ) as page;
    end loop;

    for one in
        select
            rows_shown.workspace_id,
            workspaces.name,
            array_agg(rows_shown.account_id) as account_ids,
            array_agg(rows_shown.person) as people,
            array_agg(rows_shown.latest_at) as moments,
            array_agg(rows_shown.replied_at) as replies,
            array_agg(rows_shown.is_unread) as are_unread,
            array_agg(rows_shown.read_to_event_id) as marks
        from (
            select rows_found.*
            from jsonb_to_recordset(found) as rows_found (
                workspace_id bigint,
                account_id bigint,
                person text,
                latest_at timestamptz,
                replied_at timestamptz,
                is_unread boolean,
                read_to_event_id bigint
            )
            order by
                rows_found.is_unread desc,
                rows_found.latest_at desc,
                rows_found.account_id desc,
                rows_found.person desc
            limit most_rows
        ) as rows_shown
        inner join outreach.workspaces
            on rows_shown.workspace_id = workspaces.workspace_id
        group by
            rows_shown.workspace_id,
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
        from outreach.shown_conversations(
            one.workspace_id, one.account_ids, one.people, one.moments, one.replies,
            one.are_unread, one.marks
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
