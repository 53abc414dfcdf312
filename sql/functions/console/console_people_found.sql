-- Which people of a workspace a page shows, newest first, after a given one: a row for
-- each campaign of a person, and one with enrollment_id null for a person in none. What
-- is wanted is null for all.
-- searched: every word of it begins a word of the person (outreach.person_words).
-- only_enrollment_ids: narrows the list to these.
-- after_enrollment_id: 0 for a person in no campaign. Security definer: the console reads
-- it, without rights to its tables.
create or replace function outreach.console_people_found(
    in_workspace_id bigint,
    searched text,
    wanted_campaign_id bigint,
    wanted_status text,
    only_enrollment_ids bigint [],
    after_prospect_id bigint,
    after_enrollment_id bigint,
    most_rows integer
)
returns table (
    prospect_id bigint,
    enrollment_id bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
-- What is wanted decides the plan.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    words constant text [] := outreach.search_words(searched);
    query constant tsquery := (
        select string_agg(quote_literal(asked.word) || ':*', ' & ')::tsquery
        from unnest(words) as asked (word)
    );
begin
    if searched is not null and words = '{}' then
        return;
    end if;

    return query
    select
        prospects.prospect_id,
        enrollments.enrollment_id
    from outreach.prospects
    left join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = in_workspace_id
            and prospects.prospect_id = enrollments.prospect_id
    where
        prospects.workspace_id = in_workspace_id
        and (
            searched is null
            or prospects.words @@ query
        )
        and (
            wanted_campaign_id is null
            or enrollments.campaign_id = wanted_campaign_id
        )
        and (wanted_status is null or enrollments.linkedin_status = wanted_status)
        and (
            only_enrollment_ids is null
            or enrollments.enrollment_id = any(only_enrollment_ids)
        )
        and (
            after_prospect_id is null
            or (
                prospects.prospect_id <= after_prospect_id
                and (prospects.prospect_id, coalesce(enrollments.enrollment_id, 0))
                < (after_prospect_id, after_enrollment_id)
            )
        )
    order by
        prospects.prospect_id desc,
        enrollments.enrollment_id desc nulls last
    limit most_rows;
end
$$;

revoke execute on function outreach.console_people_found(
    bigint, text, bigint, text, bigint [], bigint, bigint, integer
) from public;
grant execute on function outreach.console_people_found(
    bigint, text, bigint, text, bigint [], bigint, bigint, integer
) to console;
