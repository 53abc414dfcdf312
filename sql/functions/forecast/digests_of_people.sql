-- A number for each account of a workspace with active enrollments, which changes with
-- what a forecast of the account reads of these people, of their live jobs and of their
-- campaigns, and with what send_forecast says of them beside it. A row that is added to
-- a table here, or a new column of one that is read whole, changes it too.
-- outreach.forecast_digests has what is read of the account itself.
create or replace function outreach.digests_of_people(workspace_id bigint)
returns table (account_id bigint, digest numeric)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    rules as materialized (

        select
            parts.campaign_id,
            sum(parts.digest) as digest
        from (
            select
                campaigns.campaign_id,
                hash_record_extended(row(campaigns.*)::outreach.campaigns, 0) as digest
            from outreach.campaigns
            where campaigns.workspace_id = digests_of_people.workspace_id
            union all
            select
                steps.campaign_id,
                -- As text: the hash of a jsonb is the same for some nestings of one
                -- content.
                hashtextextended((row(steps.*)::outreach.campaign_steps)::text, 0)
            from outreach.campaign_steps as steps
            where steps.workspace_id = digests_of_people.workspace_id
            union all
            -- A forecast asks which wordings have a note, and for no text.
            select
                steps.campaign_id,
                hash_record_extended(
                    row(templates.step_id, templates.variant, templates.field), 0
                )
            from outreach.campaign_step_templates as templates
            inner join outreach.campaign_steps as steps
                on
                    steps.workspace_id = digests_of_people.workspace_id
                    and templates.step_id = steps.step_id
            where templates.workspace_id = digests_of_people.workspace_id
        ) as parts
        group by parts.campaign_id

    )

    select
        enrollments.account_id,
        sum(
            hash_record_extended(
                row(
                    row(enrollments.*)::outreach.campaign_prospects,
                    row(jobs.*)::outreach.campaign_send_jobs,
                    prospects.provider_id, prospects.do_not_contact_at,
                    prospects.public_identifier, prospects.first_name,
                    prospects.last_name, rules.digest, drawn.variant, signs.event_ids,
                    elsewhere.digest
                ), 0
            )
        )
    from outreach.campaign_prospects as enrollments
    inner join outreach.prospects
        on
            prospects.workspace_id = digests_of_people.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    -- Each has its campaign's; an inner join would begin there and read all its enrollments.
    left join rules
        on enrollments.campaign_id = rules.campaign_id
    left join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = digests_of_people.workspace_id
            and enrollments.enrollment_id = jobs.enrollment_id
            and outreach.is_live_job(jobs.status)
    left join outreach.enrollment_step_variants as drawn
        on
            drawn.workspace_id = digests_of_people.workspace_id
            and jobs.enrollment_id = drawn.enrollment_id
            and jobs.step_id = drawn.step_id
    -- outreach.step_places reads these events.
    left join lateral (
        select sum(events.event_id) as event_ids
        from outreach.campaign_events as events
        where
            events.workspace_id = digests_of_people.workspace_id
            and events.enrollment_id = jobs.enrollment_id
            and events.event_type in ('already_connected', 'already_pending')
    ) as signs on true
    -- outreach.send_facts reads other enrollments of a person who is to be invited.
    left join lateral (
        select
            sum(
                hash_record_extended(
                    row(
                        others.enrollment_id, others.linkedin_status,
                        others.linkedin_invited_at
                    ), 0
                )
            ) as digest
        from outreach.campaign_prospects as others
        where
            jobs.action = 'send_invite'
            and others.workspace_id = digests_of_people.workspace_id
            and others.prospect_id = enrollments.prospect_id
            and others.account_id = enrollments.account_id
            and others.enrollment_id <> enrollments.enrollment_id
    ) as elsewhere on true
    where
        enrollments.workspace_id = digests_of_people.workspace_id
        and outreach.is_under_way(enrollments.linkedin_status)
    group by enrollments.account_id;
end
$$;
