-- What rendering and calling need of claimed jobs, one row a job. First draws the wording
-- of each. Neither a look-up nor an act that ends a wait has a text; the text of an answer
-- is settings.text, sent as it is. invitation_id: null unless made under the account's
-- present id. walk_pages: how many pages of the pending invites may be read by an action
-- that may need them, null for no bound. A row that cannot be read fails the whole.
create or replace function outreach.claimed_send_jobs(
    workspace_id bigint,
    job_ids bigint [],
    as_of timestamptz default null
)
returns setof outreach.claimed_send_job
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    claimed_at constant timestamptz := coalesce(as_of, clock_timestamp());
    inviting_account_ids constant bigint [] := array(
        select jobs.account_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = claimed_send_jobs.workspace_id
            and jobs.job_id = any(claimed_send_jobs.job_ids)
            and jobs.action in ('send_invite', 'withdraw_invite')
    );
begin
    perform outreach.assign_step_variants(claimed_send_jobs.workspace_id, job_ids, claimed_at);

    return query
    select
        jobs.workspace_id,
        jobs.job_id,
        jobs.enrollment_id,
        jobs.account_id,
        jobs.step_id,
        jobs.action,
        jobs.run_at,
        jobs.lease_expires_at,
        provider_accounts.provider_account_id,
        coalesce(prospects.provider_id, answers.person) as recipient_provider_id,
        prospects.public_identifier as recipient_public_identifier,
        accounts.has_premium,
        coalesce(campaigns.custom_fields, '{}') as custom_fields,
        coalesce(
            (
                select
                    jsonb_agg(
                        jsonb_build_object(
                            'variant', templates.variant,
                            'field', templates.field,
                            'template', templates.template,
                            'validation_stamp', templates.validation_stamp
                        )
                        order by templates.variant, templates.field
                    )
                from outreach.campaign_step_templates as templates
                where
                    templates.workspace_id = claimed_send_jobs.workspace_id
                    and templates.step_id = jobs.step_id
                    and jobs.action = steps.action
                    and templates.variant = coalesce(assigned.variant, templates.variant)
            ),
            '[]'
        ) as templates,
        outreach.prospect_fields(
            row(prospects.*)::outreach.prospects,
            row(accounts.*)::outreach.linkedin_accounts
        ) as prospect,
        case when jobs.action = steps.action then assigned.variant end as variant,
        coalesce(steps.settings, jsonb_build_object('text', answers.body)) as settings,
        coalesce(answers.chat_id, chats.chat_id) as chat_id,
        outreach.step_social_id(
            row(steps.*)::outreach.campaign_steps, row(prospects.*)::outreach.prospects
        ) as social_id,
        case
            when jobs.action = 'withdraw_invite'
                then (
                    select outcomes.provider_reference
                    from outreach.send_attempts as attempts
                    inner join outreach.send_attempt_outcomes as outcomes
                        on (outcomes.workspace_id, outcomes.attempt_id)
                        = (claimed_send_jobs.workspace_id, attempts.attempt_id)
                        and outcomes.means = 'sent'
                    where
                        attempts.workspace_id = claimed_send_jobs.workspace_id
                        and (attempts.enrollment_id, attempts.action, attempts.provider_account_id)
                        = (jobs.enrollment_id, 'send_invite', provider_accounts.provider_account_id)
                        and outcomes.provider_reference is not null
                    order by attempts.attempt_id desc, outcomes.outcome_id desc
                    limit 1
                )
        end as invitation_id,
        claimed_at at time zone outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            claimed_at
        ) as local_time,
        notes.blocker is not null as is_note_held,
        walks.pages as walk_pages
    from unnest(job_ids) as claimed (job_id)
    cross join lateral (
        select claimed_jobs.*
        from outreach.campaign_send_jobs as claimed_jobs
        where (claimed_jobs.workspace_id, claimed_jobs.job_id)
        = (claimed_send_jobs.workspace_id, claimed.job_id)
        offset 0 -- keeps this an index look-up per job
    ) as jobs
    left join outreach.campaign_steps as steps
        on (steps.workspace_id, steps.step_id)
        = (claimed_send_jobs.workspace_id, jobs.step_id)
    left join outreach.campaign_prospects as enrollments
        on (enrollments.workspace_id, enrollments.enrollment_id)
        = (claimed_send_jobs.workspace_id, jobs.enrollment_id)
    left join outreach.prospects
        on (prospects.workspace_id, prospects.prospect_id)
        = (claimed_send_jobs.workspace_id, enrollments.prospect_id)
    left join outreach.campaigns
        on (campaigns.workspace_id, campaigns.campaign_id)
        = (claimed_send_jobs.workspace_id, jobs.campaign_id)
    inner join outreach.linkedin_accounts as accounts
        on (accounts.workspace_id, accounts.account_id)
        = (claimed_send_jobs.workspace_id, jobs.account_id)
    left join outreach.provider_accounts
        on (provider_accounts.workspace_id, provider_accounts.account_id)
        = (jobs.workspace_id, jobs.account_id)
    left join outreach.reply_answers as answers
        on (answers.workspace_id, answers.answer_id)
        = (claimed_send_jobs.workspace_id, jobs.answer_id)
    left join outreach.action_gates(
        claimed_send_jobs.workspace_id, inviting_account_ids,
        array_fill('send_invite_with_note'::text, array[cardinality(inviting_account_ids)]),
        claimed_at, tells_when => false
    ) as notes
        on (notes.account_id, 'send_invite') = (jobs.account_id, jobs.action)
    left join outreach.read_pages_allowed(
        claimed_send_jobs.workspace_id, inviting_account_ids, 'sent_invitations',
        claimed_at, 'sends'
    ) as walks
        on jobs.account_id = walks.account_id
        and jobs.action in ('send_invite', 'withdraw_invite')
    left join outreach.enrollment_step_variants as assigned
        on (assigned.workspace_id, assigned.enrollment_id, assigned.step_id)
        = (claimed_send_jobs.workspace_id, jobs.enrollment_id, jobs.step_id)
    left join outreach.linkedin_chats as chats
        on (chats.workspace_id, chats.account_id, chats.prospect_id)
        = (claimed_send_jobs.workspace_id, jobs.account_id, enrollments.prospect_id)
        and jobs.action = 'send_message'
    order by jobs.job_id;
end
$$;
