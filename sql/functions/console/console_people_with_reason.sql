-- The people of outreach.console_people_found() whom one reason holds back now
-- (outreach.console_reasons). Reasons are judged when they are asked for, so at most
-- most_judged people are, a batch at a time. Where there may be more, the last row has
-- is_held false: it is the one that was judged last, for the next page to begin after.
-- Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_people_with_reason(
    in_workspace_id bigint,
    searched text,
    wanted_campaign_id bigint,
    wanted_status text,
    wanted_reason text,
    after_prospect_id bigint,
    after_enrollment_id bigint,
    most_rows integer,
    most_judged integer,
    at timestamptz
)
returns table (
    prospect_id bigint,
    enrollment_id bigint,
    is_held boolean
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    batch_size constant integer := 500;
    people record;
    held_ids bigint [];
    held_count integer := 0;
    judged_count integer := 0;
    is_last boolean;
begin
    loop
        select
            array_agg(found.prospect_id) as prospect_ids,
            array_agg(found.enrollment_id) as enrollment_ids,
            count(*) as row_count
        into people
        from outreach.console_people_found(
            in_workspace_id, searched, wanted_campaign_id, wanted_status,
            after_prospect_id, after_enrollment_id, batch_size
        ) as found;

        held_ids := array(
            select reasons.enrollment_id
            from outreach.console_reasons(
                in_workspace_id, people.enrollment_ids,
                console_people_with_reason.at
            ) as reasons
            where reasons.blocker = wanted_reason
        );
        judged_count := judged_count + people.row_count;
        is_last := people.row_count < batch_size or judged_count >= most_judged;

        for prospect_id, enrollment_id in
            select
                judged.prospect_id,
                judged.enrollment_id
            from unnest(people.prospect_ids, people.enrollment_ids) with ordinality
            as judged (prospect_id, enrollment_id, place)
            order by judged.place
        loop
            is_held := coalesce(enrollment_id = any(held_ids), false);
            held_count := held_count + is_held::integer;
            after_prospect_id := prospect_id;
            after_enrollment_id := coalesce(enrollment_id, 0);

            if is_held then
                return next;
            end if;
            exit when held_count >= most_rows;
        end loop;

        exit when is_last or held_count >= most_rows;
    end loop;

    if people.row_count = batch_size and held_count < most_rows then
        is_held := false;
        return next;
    end if;
end
$$;

revoke execute on function outreach.console_people_with_reason(
    bigint, text, bigint, text, text, bigint, bigint, integer, integer, timestamptz
) from public;
grant execute on function outreach.console_people_with_reason(
    bigint, text, bigint, text, text, bigint, bigint, integer, integer, timestamptz
) to console;
