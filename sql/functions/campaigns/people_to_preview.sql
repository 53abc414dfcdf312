-- Whom a preview of a campaign shows, in the order in which they are next: the asked
-- person, or three who are next and the worst one: the person with the most missing or
-- odd values of those that the texts name, then with the longest ones, among the 2,000
-- who are next. See outreach.preview_people for the arguments.
-- account_id: the sender; account_ids[1] for a person who is not in the campaign.
create or replace function outreach.people_to_preview(
    workspace_id bigint,
    campaign_id bigint,
    only_prospect_id bigint,
    account_ids bigint [],
    texts text
)
returns table (
    prospect_id bigint,
    enrollment_id bigint,
    account_id bigint,
    is_worst boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        ranked.prospect_id,
        ranked.enrollment_id,
        ranked.account_id,
        ranked.bad_place = 1
        and people_to_preview.only_prospect_id is null
    from (
        select
            candidates.*,
            row_number() over (
                order by
                    badness.count desc,
                    badness.length desc,
                    candidates.place
            ) as bad_place
        from (
            select
                prospects.prospect_id,
                prospects.first_name,
                prospects.last_name,
                prospects.company,
                prospects.job_title,
                prospects.location,
                prospects.industry,
                prospects.custom,
                enrollments.enrollment_id,
                coalesce(
                    enrollments.account_id, people_to_preview.account_ids[1]
                ) as account_id,
                row_number() over (
                    order by
                        enrollments.next_action_at,
                        enrollments.enrollment_id,
                        prospects.prospect_id
                ) as place
            from outreach.prospects
            left join outreach.campaign_prospects as enrollments
                on
                    enrollments.workspace_id = people_to_preview.workspace_id
                    and enrollments.campaign_id = people_to_preview.campaign_id
                    and prospects.prospect_id = enrollments.prospect_id
            where
                prospects.workspace_id = people_to_preview.workspace_id
                and (
                    prospects.prospect_id = people_to_preview.only_prospect_id
                    or (
                        people_to_preview.only_prospect_id is null
                        and prospects.do_not_contact_at is null
                        and (
                            people_to_preview.campaign_id is null
                            or outreach.is_under_way(enrollments.linkedin_status)
                        )
                    )
                )
            order by place
            limit 2000
        ) as candidates
        cross join lateral (
            select
                count(*) filter (
                    where
                    coalesce(btrim(named.value), '') = ''
                    or named.value <> btrim(named.value)
                    or named.value ~ '[{}<>|@#\\]|https?:|\d{3}'
                    or (
                        length(named.value) > 3
                        and named.value = upper(named.value)
                        and named.value <> lower(named.value)
                    )
                ) as count,
                coalesce(sum(length(named.value)), 0) as length
            from (
                select
                    standard.name,
                    standard.value
                from (
                    values
                    ('firstName', candidates.first_name),
                    ('lastName', candidates.last_name),
                    ('company', candidates.company),
                    ('jobTitle', candidates.job_title),
                    ('location', candidates.location),
                    ('industry', candidates.industry)
                ) as standard (name, value)

                union all

                select
                    custom.key,
                    custom.value
                from jsonb_each_text(candidates.custom) as custom
            ) as named
            where strpos(people_to_preview.texts, named.name) > 0
        ) as badness
    ) as ranked
    where ranked.place <= 3 or ranked.bad_place = 1
    order by ranked.place;
end
$$;
