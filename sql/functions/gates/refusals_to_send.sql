-- Returns, for each claimed and rendered job, why it must not be begun at a moment, or a
-- null refusal if nothing is against it, beside what its attempt stores. The reasons: the
-- worker lost it, outreach.send_verdicts, for an answer outreach.answer_verdicts, a saved
-- template, or another id of the account or person since it was rendered. The caller has
-- locked the accounts' rows in an earlier statement. See outreach.begin_send_attempts for
-- rendered. spent, spent_on_notes: the limits that it was judged by.
create or replace function outreach.refusals_to_send(
    workspace_id bigint,
    worker text,
    rendered jsonb,
    at timestamptz
)
returns table (
    send outreach.rendered_send,
    job outreach.campaign_send_jobs,
    prospect_id bigint,
    provider_account_id text,
    recipient_provider_id text,
    refusal text,
    sender_does text,
    spent outreach.spent_limit,
    spent_on_notes outreach.spent_limit
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    has_addresses constant boolean := rendered @? '$[*].provider_account_id';
    held record;
begin
    select
        array_agg(jobs.job_id) as job_ids,
        array_agg(jobs.enrollment_id) as enrollment_ids,
        array_agg(jobs.job_id) filter (where jobs.answer_id is not null) as answer_job_ids,
        -- They were rendered with their notes, perhaps before notes were held.
        array_agg(jobs.job_id) filter (where sends.has_note) as noted_job_ids
    into held
    from jsonb_to_recordset(rendered) as sends (job_id bigint, has_note boolean)
    inner join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = refusals_to_send.workspace_id
            and sends.job_id = jobs.job_id
            and jobs.status = 'claimed'
            and jobs.claimed_by = worker
            and jobs.lease_expires_at > at;

    return query
    with

    asked as materialized (

        select
            row(sends.*)::outreach.rendered_send as send,
            row(jobs.*)::outreach.campaign_send_jobs as job,
            jobs.job_id as held_job_id,
            jobs.enrollment_id,
            jobs.answer_id,
            coalesce(enrollments.prospect_id, answers.prospect_id) as prospect_id,
            provider_accounts.provider_account_id,
            coalesce(prospects.provider_id, answers.person) as recipient_provider_id,
            -- The attempt stores the ids of now, and the ids of the claim are called.
            has_addresses
            and (
                provider_accounts.provider_account_id
                is distinct from sends.provider_account_id
                or jobs.answer_id is null
                and prospects.provider_id is distinct from sends.recipient_provider_id
            ) as is_address_changed
        from jsonb_populate_recordset(null::outreach.rendered_send, rendered) as sends
        left join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = refusals_to_send.workspace_id
                and sends.job_id = jobs.job_id
                and jobs.job_id = any(held.job_ids)
        left join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = refusals_to_send.workspace_id
                and jobs.enrollment_id = enrollments.enrollment_id
        left join outreach.reply_answers as answers
            on
                answers.workspace_id = refusals_to_send.workspace_id
                and jobs.answer_id = answers.answer_id
        left join outreach.prospects
            on
                prospects.workspace_id = refusals_to_send.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        left join outreach.provider_accounts
            on
                provider_accounts.workspace_id = refusals_to_send.workspace_id
                and jobs.account_id = provider_accounts.account_id

    )

    select
        asked.send,
        asked.job,
        asked.prospect_id,
        asked.provider_account_id,
        asked.recipient_provider_id,
        case
            when asked.held_job_id is null then 'lease_lost'
            when coalesce(verdicts.blocker, answers.blocker) is not null
                then coalesce(verdicts.blocker, answers.blocker)
            -- All templates that the step has in that variant, and no other: a note that
            -- was added since the claim is no more left out than an old one is sent.
            when
                array(
                    select unnest((asked.send).validation_stamps) order by 1
                ) <> array(
                    select templates.validation_stamp
                    from outreach.campaign_step_templates as templates
                    inner join outreach.campaign_steps as steps
                        on
                            steps.workspace_id = refusals_to_send.workspace_id
                            and templates.step_id = steps.step_id
                    where
                        templates.workspace_id = refusals_to_send.workspace_id
                        and templates.step_id = (asked.job).step_id
                        and steps.action = (asked.job).action
                        and templates.variant
                        = coalesce((asked.send).variant, templates.variant)
                    order by 1
                )
                then 'template_changed'
            when asked.is_address_changed then 'address_changed'
        end,
        coalesce(verdicts.sender_does, answers.sender_does),
        coalesce(verdicts.spent, answers.spent),
        verdicts.spent_on_notes
    from asked
    -- A full join is no nested loop; nothing is judged that was not asked.
    full join outreach.send_verdicts(
        refusals_to_send.workspace_id, held.enrollment_ids, refusals_to_send.at, worker,
        held.noted_job_ids
    ) as verdicts
        on asked.enrollment_id = verdicts.enrollment_id
    left join outreach.answer_verdicts(
        refusals_to_send.workspace_id, held.answer_job_ids, refusals_to_send.at, worker
    ) as answers
        on asked.held_job_id = answers.job_id;
end
$$;
