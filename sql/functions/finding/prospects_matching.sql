-- The people of a workspace whom an id, a profile, an email address or a whole name
-- means, each with its rank of outreach.find_prospects. Each kind is an index look-up.
create or replace function outreach.prospects_matching(
    workspace_id bigint,
    wanted text,
    provider_id text,
    public_identifier text
)
returns table (prospect_id bigint, rank integer)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted_id constant bigint := case
        when wanted ~ '^[1-9][0-9]{0,17}$' then wanted::bigint
    end;
    -- Finds by index those who may have this name or address.
    all_words constant tsquery := (
        select string_agg(quote_literal(asked.word), ' & ')::tsquery
        from unnest(outreach.search_words(wanted)) as asked (word)
    );
begin
    return query
    select
        found.prospect_id,
        min(found.rank)
    from (
        select
            prospects.prospect_id,
            1 as rank
        from outreach.prospects as prospects
        where
            prospects.workspace_id = prospects_matching.workspace_id
            and prospects.prospect_id = wanted_id

        union all

        select
            prospects.prospect_id,
            2
        from outreach.prospects as prospects
        where
            prospects.workspace_id = prospects_matching.workspace_id
            and prospects.provider_id
            = any(array[wanted, prospects_matching.provider_id])

        union all

        select
            prospects.prospect_id,
            2
        from outreach.prospects as prospects
        where
            prospects.workspace_id = prospects_matching.workspace_id
            and prospects.public_identifier
            = any(array[wanted, prospects_matching.public_identifier])

        union all

        select
            prospects.prospect_id,
            case when lower(prospects.email) = lower(wanted) then 3 else 4 end
        from outreach.prospects as prospects
        where
            prospects.workspace_id = prospects_matching.workspace_id
            and prospects.words @@ all_words
            and lower(wanted) in (
                lower(prospects.email),
                lower(concat_ws(' ', prospects.first_name, prospects.last_name))
            )
    ) as found
    group by found.prospect_id;
end
$$;
