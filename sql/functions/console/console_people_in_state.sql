-- The people of a campaign whom a number of its card counts, as
-- outreach.console_people_found() lists people.
-- wanted_state: sent, accepted, replied, failed or parked, of wanted_campaign_id, as the
-- model int_step_happenings says; wanted_step_id and wanted_variant narrow it. Security
-- definer: the console reads
-- it, without rights to its tables.
create or replace function outreach.console_people_in_state(
    in_workspace_id bigint,
    searched text,
    wanted_campaign_id bigint,
    wanted_status text,
    wanted_step_id bigint,
    wanted_variant text,
    wanted_state text,
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
            after_prospect_id is null
            or (
                prospects.prospect_id <= after_prospect_id
                and (prospects.prospect_id, coalesce(enrollments.enrollment_id, 0))
                < (after_prospect_id, after_enrollment_id)
            )
        )
        -- Few people have replied, failed or are parked: they are found by index.
        and (
            wanted_state in ('sent', 'accepted')
            or enrollments.enrollment_id in (
                select events.enrollment_id
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
            )
        )
        and (
            exists (
                select 1
                from analytics_intermediate.int_step_happenings as happenings
                where
                    happenings.workspace_id = in_workspace_id
                    and happenings.enrollment_id = enrollments.enrollment_id
                    and happenings.campaign_id = wanted_campaign_id
                    and happenings.happening = wanted_state
                    and (
                        wanted_step_id is null
                        or happenings.step_id = wanted_step_id
                    )
                    and (
                        wanted_variant is null
                        or happenings.variant = wanted_variant
                    )
                offset 0 -- keeps this a look-up per person
            )
        )
    order by
        prospects.prospect_id desc,
        enrollments.enrollment_id desc nulls last
    limit most_rows;
end
$$;

revoke execute on function outreach.console_people_in_state(
    bigint, text, bigint, text, bigint, text, text, bigint, bigint, integer
) from public;
grant execute on function outreach.console_people_in_state(
    bigint, text, bigint, text, bigint, text, text, bigint, bigint, integer
) to console;
