-- The matching people of one workspace or of all, each with a rank: 1 by id, 2 by
-- profile, 3 by email address, 4 by the whole name. If there is none, people with the
-- same first or last name are returned with rank 9. provider_id and public_identifier
-- are parsed from a profile's address.
create or replace function outreach.find_prospects(
    wanted text,
    provider_id text,
    public_identifier text,
    in_workspace_id bigint default null
)
returns table (
    workspace_id bigint,
    workspace_name text,
    found_id bigint,
    name text,
    detail text,
    rank integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one record;
    names constant text [] := string_to_array(lower(wanted), ' ');
    -- Finds by index those who may have one of these names.
    any_word constant tsquery := (
        select string_agg(quote_literal(asked.word), ' | ')::tsquery
        from unnest(outreach.search_words(wanted)) as asked (word)
    );
    has_found boolean := false;
begin
    for one in
        select
            workspaces.workspace_id,
            workspaces.name
        from outreach.workspaces
        where
            in_workspace_id is null
            or workspaces.workspace_id = in_workspace_id
        order by workspaces.workspace_id
    loop
        return query
        select
            prospects.workspace_id,
            one.name,
            prospects.prospect_id,
            concat_ws(' ', prospects.first_name, prospects.last_name),
            concat_ws(
                ', ',
                'profile ' || coalesce(
                    prospects.public_identifier, prospects.provider_id
                ),
                prospects.email,
                prospects.company
            ),
            matches.rank
        from outreach.prospects_matching(
            one.workspace_id, wanted, find_prospects.provider_id,
            find_prospects.public_identifier
        ) as matches
        inner join outreach.prospects as prospects
            on
                prospects.workspace_id = one.workspace_id
                and matches.prospect_id = prospects.prospect_id
        order by
            matches.rank,
            matches.prospect_id;

        has_found := has_found or found;
    end loop;

    if has_found then
        return;
    end if;

    for one in
        select
            workspaces.workspace_id,
            workspaces.name
        from outreach.workspaces
        where
            in_workspace_id is null
            or workspaces.workspace_id = in_workspace_id
        order by workspaces.workspace_id
    loop
        return query
        with

        namesakes as (

            select
                prospects.workspace_id,
                prospects.prospect_id,
                concat_ws(
                    ' ', prospects.first_name, prospects.last_name
                ) as whole,
                coalesce(
                    prospects.public_identifier, prospects.provider_id
                ) as profile
            from outreach.prospects as prospects
            where
                prospects.workspace_id = one.workspace_id
                and prospects.words @@ any_word
                and (
                    lower(prospects.first_name) = any(names)
                    or lower(prospects.last_name) = any(names)
                )
            limit 1000

        )

        select
            namesakes.workspace_id,
            one.name,
            namesakes.prospect_id,
            namesakes.whole,
            'profile ' || namesakes.profile,
            9
        from namesakes
        order by
            outreach.spelling_similarity(wanted, namesakes.whole) desc,
            namesakes.prospect_id
        limit 3;
    end loop;
end
$$;
