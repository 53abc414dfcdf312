-- A page of the people of outreach.console_people_found(). Two of the filters are judged
-- person by person, because no index knows them: wanted_reason holds them back now
-- (outreach.console_reasons), or the number wanted_state of the card of
-- wanted_campaign_id counts them (outreach.console_in_state). At most most_judged people
-- are judged, null for all, in batches that grow. Where there may be more, the last row has
-- is_meant false: it is the one that was judged last, for the next page to begin after.
-- Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_people_listed(
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
    at timestamptz
)
returns table (
    prospect_id bigint,
    enrollment_id bigint,
    is_meant boolean
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    largest_batch constant integer := 2000;
    -- To judge reasons takes as long for one person as for hundreds.
    batch_size integer := case when wanted_reason is null then most_rows else 500 end;
    people record;
    candidate_ids bigint [];
    meant_ids bigint [];
    meant_count integer := 0;
    judged_count integer := 0;
    is_last boolean;
    is_each_judged constant boolean :=
        wanted_state is not null or wanted_reason is not null;
begin
    -- Few people have replied, failed or are parked: they are found by index.
    if wanted_state in ('replied', 'failed', 'parked') then
        candidate_ids := array(
            select distinct events.enrollment_id
            from outreach.campaign_events as events
            where
                events.workspace_id = in_workspace_id
                and events.campaign_id = wanted_campaign_id
                and events.event_type = case wanted_state
                    when 'replied' then 'reply_received'
                    when 'failed' then 'send_failed'
                    else 'template_parked'
                end
                and events.event_type in (
                    'reply_received', 'send_failed', 'template_parked'
                )
        );
    end if;

    loop
        select
            array_agg(found.prospect_id) as prospect_ids,
            array_agg(found.enrollment_id) as enrollment_ids,
            count(*) as row_count
        into people
        from outreach.console_people_found(
            in_workspace_id, searched, wanted_campaign_id, wanted_status,
            candidate_ids, after_prospect_id, after_enrollment_id, batch_size
        ) as found;

        if wanted_state is not null then
            meant_ids := array(
                select counted.enrollment_id
                from outreach.console_in_state(
                    in_workspace_id, wanted_campaign_id, people.enrollment_ids,
                    wanted_step_id, wanted_variant, wanted_state
                ) as counted
            );
        elsif wanted_reason is not null then
            meant_ids := array(
                select reasons.enrollment_id
                from outreach.console_reasons(
                    in_workspace_id, people.enrollment_ids, console_people_listed.at
                ) as reasons
                where reasons.blocker = wanted_reason
            );
        end if;

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
            is_meant :=
                not is_each_judged
                or coalesce(enrollment_id = any(meant_ids), false);
            meant_count := meant_count + is_meant::integer;
            after_prospect_id := prospect_id;
            after_enrollment_id := coalesce(enrollment_id, 0);

            if is_meant then
                return next;
            end if;
            exit when meant_count >= most_rows;
        end loop;

        exit when is_last or meant_count >= most_rows;
        batch_size := least(batch_size * 4, largest_batch, most_judged - judged_count);
    end loop;

    if people.row_count = batch_size and meant_count < most_rows then
        is_meant := false;
        return next;
    end if;
end
$$;

revoke execute on function outreach.console_people_listed(
    bigint, text, bigint, text, text, bigint, text, text, bigint, bigint, integer,
    integer, timestamptz
) from public;
grant execute on function outreach.console_people_listed(
    bigint, text, bigint, text, text, bigint, text, text, bigint, bigint, integer,
    integer, timestamptz
) to console;
