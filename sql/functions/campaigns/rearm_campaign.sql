-- Queues a campaign's parked people again after their step's template validates
-- (LL#277). Each gets the previous status, no error, a job at the next sending window
-- plus 0 to 30 minutes, the same next_action_at, and one template_rearmed event.
-- approved: the enrollments for which the validator accepts the text today and, if they
-- were parked alone, for which it could be rendered. If approved is null, the stamps
-- decide, and enrollments that were parked alone stay parked. An enrollment also stays
-- parked if the provider refused exactly these texts for it, or if its text has no
-- valid stamp. An enrollment without a live job gets one, unless an earlier attempt of
-- the step may have reached the person. Returns the enrollments that were re-armed.
create or replace function outreach.rearm_campaign(
    workspace_id bigint,
    campaign_id bigint,
    actor text,
    as_of timestamptz default null,
    approved bigint [] default null
)
returns setof bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at timestamptz;
    parked_account_ids bigint [];
    chosen_ids bigint [];
begin
    perform outreach.assert_read_committed();

    parked_account_ids := array(
        select distinct enrollments.account_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = rearm_campaign.workspace_id
            and enrollments.campaign_id = rearm_campaign.campaign_id
            and enrollments.linkedin_status = 'pending_template_fix'
    );

    perform outreach.lock_accounts(rearm_campaign.workspace_id, parked_account_ids);

    at := coalesce(as_of, clock_timestamp());

    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = rearm_campaign.workspace_id
        and enrollments.campaign_id = rearm_campaign.campaign_id
        and enrollments.linkedin_status = 'pending_template_fix'
    order by enrollments.enrollment_id
    for no key update;

    chosen_ids := array(
        select parked.enrollment_id
        from outreach.parked_enrollments(
            rearm_campaign.workspace_id, rearm_campaign.campaign_id
        ) as parked
        where
            parked.is_stamped
            and not parked.is_refused_by_provider
            and case
                when rearm_campaign.approved is null then not parked.is_parked_alone
                else parked.enrollment_id = any(rearm_campaign.approved)
            end
            and outreach.is_step_free_to_send(
                rearm_campaign.workspace_id, parked.enrollment_id, parked.step_id
            )
    );

    return query
    select rearmed.enrollment_id
    from outreach.rearm_enrollments(
        rearm_campaign.workspace_id, chosen_ids, rearm_campaign.actor, at
    ) as rearmed (enrollment_id);
end
$$;
