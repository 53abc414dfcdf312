-- What a page of people shows, each row with its part: the campaigns of the workspace by
-- name; the people whom outreach.console_people_listed() lists, as
-- outreach.console_people() has them, with whether all of them are meant; and how many
-- there are, up to most_counted, which is not known where a reason is asked for: it is
-- judged person by person. Security definer: the console reads it, without rights to its
-- tables.
create or replace function outreach.console_people_page(
    in_workspace_id bigint,
    searched text,
    wanted_campaign_id bigint,
    wanted_status text,
    wanted_reason text,
    wanted_step_id bigint,
    wanted_variant text,
    wanted_state text,
    after_prospect_id bigint,
    after_enrollment_id bigint,
    most_rows integer,
    most_judged integer,
    most_counted integer,
    at timestamptz
)
returns table (
    part text,
    shown jsonb
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
        'campaign',
        to_jsonb(campaigns)
    from outreach.console_campaign_names(in_workspace_id) as campaigns
    union all
    select
        'person',
        to_jsonb(people)
        || jsonb_build_object('are_all_meant', keys.are_all_meant)
    from (
        select
            array_agg(listed.prospect_id) as prospect_ids,
            array_agg(listed.enrollment_id) as enrollment_ids,
            bool_and(listed.is_meant) as are_all_meant
        from outreach.console_people_listed(
            in_workspace_id, searched, wanted_campaign_id, wanted_status, wanted_reason,
            wanted_step_id, wanted_variant, wanted_state, after_prospect_id,
            after_enrollment_id, most_rows, most_judged, console_people_page.at
        ) as listed
    ) as keys
    cross join outreach.console_people(
        in_workspace_id, keys.prospect_ids, keys.enrollment_ids, console_people_page.at
    ) as people;

    if wanted_reason is not null then
        return;
    end if;

    return query
    select
        'count',
        jsonb_build_object(
            'people',
            case
                when wanted_state is not null
                    then
                        outreach.console_state_count(
                            in_workspace_id, wanted_campaign_id, wanted_step_id,
                            wanted_variant, wanted_state
                        )
                else (
                    select count(*)
                    from outreach.console_people_found(
                        in_workspace_id, searched, wanted_campaign_id, wanted_status,
                        null, null, null, most_counted
                    )
                )
            end
        );
end
$$;

revoke execute on function outreach.console_people_page(
    bigint, text, bigint, text, text, bigint, text, text, bigint, bigint, integer,
    integer, integer, timestamptz
) from public;
grant execute on function outreach.console_people_page(
    bigint, text, bigint, text, text, bigint, text, text, bigint, bigint, integer,
    integer, integer, timestamptz
) to console;
