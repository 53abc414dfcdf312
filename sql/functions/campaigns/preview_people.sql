-- People to preview a campaign for (outreach.people_to_preview), with all that rendering
-- needs.
-- campaign_id: null for a campaign that is not saved; its people are then those of the
-- workspace.
-- only_prospect_id: null for the four.
-- texts: all texts of the campaign together. account_ids: the senders of a person who
-- is in no campaign; the first of them is theirs.
-- step_settings: the settings of each step; social_ids has the post of each, for comments.
create or replace function outreach.preview_people(
    workspace_id bigint,
    campaign_id bigint,
    only_prospect_id bigint,
    account_ids bigint [],
    texts text,
    step_settings jsonb,
    at timestamptz
)
returns table (
    prospect_id bigint,
    enrollment_id bigint,
    account_id bigint,
    account_name text,
    provider_id text,
    public_identifier text,
    is_worst boolean,
    fields jsonb,
    has_premium boolean,
    local_time timestamp,
    social_ids jsonb
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    people record;
begin
    select
        array_agg(chosen.prospect_id) as prospect_ids,
        array_agg(chosen.enrollment_id) as enrollment_ids,
        array_agg(chosen.account_id) as account_ids,
        array_agg(chosen.is_worst) as are_worst
    into people
    from outreach.people_to_preview(
        preview_people.workspace_id, preview_people.campaign_id,
        preview_people.only_prospect_id, preview_people.account_ids,
        preview_people.texts
    ) as chosen;

    return query
    select
        prospects.prospect_id,
        asked.enrollment_id,
        accounts.account_id,
        accounts.name,
        prospects.provider_id,
        prospects.public_identifier,
        asked.is_worst,
        outreach.prospect_fields(
            row(prospects.*)::outreach.prospects,
            row(accounts.*)::outreach.linkedin_accounts
        ),
        accounts.has_premium,
        preview_people.at at time zone outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            preview_people.at
        ),
        (
            select
                jsonb_agg(
                    outreach.step_social_id(
                        jsonb_populate_record(
                            null::outreach.campaign_steps,
                            jsonb_build_object('settings', steps.settings)
                        ),
                        row(prospects.*)::outreach.prospects
                    )
                    order by steps.place
                )
            from jsonb_array_elements(
                preview_people.step_settings
            ) with ordinality as steps (settings, place)
        )
    from unnest(
        people.prospect_ids, people.enrollment_ids, people.account_ids, people.are_worst
    ) with ordinality as asked (
        prospect_id, enrollment_id, account_id, is_worst, place
    )
    inner join outreach.prospects
        on
            prospects.workspace_id = preview_people.workspace_id
            and asked.prospect_id = prospects.prospect_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = preview_people.workspace_id
            and asked.account_id = accounts.account_id
    order by asked.place;
end
$$;
