-- Each claimed and rendered job with why it must not be begun at a moment, or null when
-- nothing speaks against it: the worker lost it, or outreach.send_verdicts, or for an
-- answer outreach.answer_verdicts, or a template was saved, or the account or person got
-- another id, since it was rendered. The caller has locked the accounts' rows in an
-- earlier statement. See outreach.job_blockers and outreach.begin_send_attempts.
create or replace function outreach.refusals_to_send(
    workspace_id bigint,
    worker text,
    rendered jsonb,
    at timestamptz
)
returns table (
    send jsonb,
    job_id bigint,
    job outreach.campaign_send_jobs,
    refusal text,
    sender_does text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    asked as materialized (

        select
            sends.send,
            (sends.send ->> 'job_id')::bigint as job_id,
            row(jobs.*)::outreach.campaign_send_jobs as job,
            jobs.job_id as held_job_id,
            jobs.enrollment_id,
            jobs.answer_id
        from jsonb_array_elements(rendered) as sends (send)
        left join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = refusals_to_send.workspace_id
                and (sends.send ->> 'job_id')::bigint = jobs.job_id
                and jobs.status = 'claimed'
                and jobs.claimed_by = worker
                and jobs.lease_expires_at > at

    )

    select
        asked.send,
        asked.job_id,
        asked.job,
        case
            when asked.held_job_id is null then 'lease_lost'
            when verdicts.blocker is not null then verdicts.blocker
            when answers.blocker is not null then answers.blocker
            -- It was rendered with its note before the notes were held.
            when notes.blocker is not null then notes.blocker
            -- All templates that the step has in that variant, and no other: a note that
            -- was added since the claim is no more left out than an old one is sent.
            when
                array(
                    select stamps.stamp
                    from jsonb_array_elements_text(
                        asked.send -> 'validation_stamps'
                    ) as stamps (stamp)
                    order by 1
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
                        = coalesce(asked.send ->> 'variant', templates.variant)
                    order by 1
                )
                then 'template_changed'
            -- The attempt stores the ids of now, and the ids of the claim are called.
            when
                asked.send ? 'provider_account_id'
                and (
                    not exists (
                        select 1
                        from outreach.provider_accounts
                        where
                            provider_accounts.workspace_id = refusals_to_send.workspace_id
                            and provider_accounts.account_id = (asked.job).account_id
                            and provider_accounts.provider_account_id
                            = asked.send ->> 'provider_account_id'
                    )
                    or exists (
                        select 1
                        from outreach.campaign_prospects as enrollments
                        inner join outreach.prospects
                            on
                                prospects.workspace_id = refusals_to_send.workspace_id
                                and enrollments.prospect_id = prospects.prospect_id
                        where
                            enrollments.workspace_id = refusals_to_send.workspace_id
                            and enrollments.enrollment_id = asked.enrollment_id
                            and prospects.provider_id is distinct from
                            asked.send ->> 'recipient_provider_id'
                    )
                )
                then 'address_changed'
        end,
        coalesce(verdicts.sender_does, answers.sender_does)
    from asked
    left join outreach.send_verdicts(
        refusals_to_send.workspace_id,
        array(
            select claimed.enrollment_id
            from asked as claimed
            where claimed.enrollment_id is not null
        ),
        refusals_to_send.at,
        worker
    ) as verdicts
        on asked.enrollment_id = verdicts.enrollment_id
    left join outreach.answer_verdicts(
        refusals_to_send.workspace_id,
        array(
            select answering.held_job_id
            from asked as answering
            where answering.answer_id is not null
        ),
        refusals_to_send.at,
        worker
    ) as answers
        on asked.held_job_id = answers.job_id
    left join outreach.held_notes(
        refusals_to_send.workspace_id,
        array(
            select distinct (noted.job).account_id
            from asked as noted
            where (noted.send ->> 'has_note')::boolean
        ),
        refusals_to_send.at
    ) as notes
        on
            (asked.send ->> 'has_note')::boolean
            and (asked.job).account_id = notes.account_id;
end
$$;
