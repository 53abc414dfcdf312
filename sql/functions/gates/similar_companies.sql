-- The companies of a workspace's people that are spelled like a given one, the most
-- similar first; for "did you mean". The company itself is none of them. Of many
-- companies, the 2,000 with the most people are compared.
create or replace function outreach.similar_companies(
    in_workspace_id bigint,
    written text,
    most integer
)
returns text []
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return array(
        select companies.company
        from (
            select
                min(prospects.company) as company,
                outreach.company_key(prospects.company) as company_key
            from outreach.prospects
            where
                prospects.workspace_id = in_workspace_id
                and outreach.company_key(prospects.company) <> ''
            group by outreach.company_key(prospects.company)
            order by
                count(*) desc,
                outreach.company_key(prospects.company)
            limit 2000
        ) as companies
        cross join lateral outreach.spelling_similarity(
            companies.company_key, outreach.company_key(written)
        ) as spellings (similarity)
        where
            companies.company_key <> outreach.company_key(written)
            and spellings.similarity >= 0.4
        order by
            spellings.similarity desc,
            companies.company
        limit most
    );
end
$$;
