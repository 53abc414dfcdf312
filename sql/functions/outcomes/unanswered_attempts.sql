-- The attempts that only the provider's lists can decide, of one account or of all:
-- unknown attempts, unanswered ones, and those of the last 7 days that were answered as
-- sent without a proof, with the facts for the look-up. lost_at is when the answer was
-- lost: the end of the lease, or an inconclusive answer. sent_as: the provider's id that
-- the account had then, of which request_sha256 is.
create or replace function outreach.unanswered_attempts(
    workspace_id bigint,
    of_account_id bigint default null,
    as_of timestamptz default null
)
returns table (
    account_id bigint,
    attempt_id bigint,
    action text,
    is_unknown boolean,
    begun_at timestamptz,
    lost_at timestamptz,
    provider_account_id text,
    linkedin_identity text,
    recipient_provider_id text,
    recipient_public_identifier text,
    social_id text,
    request_sha256 text,
    sent_as text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    open_attempts as (

        select
            latest_attempts.attempt_id,
            true as is_unknown
        from outreach.campaign_send_jobs as jobs
        cross join lateral (
            select max(attempts.attempt_id) as attempt_id
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = unanswered_attempts.workspace_id
                and attempts.job_id = jobs.job_id
        ) as latest_attempts
        where
            jobs.workspace_id = unanswered_attempts.workspace_id
            and jobs.status = 'unknown'
            and (of_account_id is null or jobs.account_id = of_account_id)
            -- A proven answer that could not be settled yet is decided already.
            and latest_attempts.attempt_id is not null
            and outreach.state_of_means(
                array(
                    select outcomes.means
                    from outreach.send_attempt_outcomes as outcomes
                    where
                        outcomes.workspace_id = unanswered_attempts.workspace_id
                        and outcomes.attempt_id = latest_attempts.attempt_id
                )
            ) in ('unknown', 'open')

        union all

        select
            outcomes.attempt_id,
            false as is_unknown
        from outreach.send_attempt_outcomes as outcomes
        where
            outcomes.workspace_id = unanswered_attempts.workspace_id
            and outcomes.outcome = 'sent_unproven'
            and outcomes.recorded_at
            > coalesce(unanswered_attempts.as_of, clock_timestamp())
            - interval '168 hours'
            and not exists (
                select 1
                from outreach.campaign_events as events
                where
                    events.workspace_id = unanswered_attempts.workspace_id
                    and events.attempt_id = outcomes.attempt_id
                    and events.counted_on is not null
            )

    )

    select
        attempts.account_id,
        attempts.attempt_id,
        attempts.action,
        open_attempts.is_unknown,
        attempts.begun_at,
        coalesce(answers.lost_at, attempts.begun_at),
        provider_accounts.provider_account_id,
        provider_accounts.linkedin_identity,
        coalesce(attempts.recipient_provider_id, prospects.provider_id),
        prospects.public_identifier,
        outreach.step_social_id(
            row(steps.*)::outreach.campaign_steps, row(prospects.*)::outreach.prospects
        ),
        attempts.request_sha256,
        attempts.provider_account_id
    from open_attempts
    inner join outreach.send_attempts as attempts
        on
            attempts.workspace_id = unanswered_attempts.workspace_id
            and open_attempts.attempt_id = attempts.attempt_id
            and (of_account_id is null or attempts.account_id = of_account_id)
    cross join lateral (
        select max(outcomes.recorded_at) as lost_at
        from outreach.send_attempt_outcomes as outcomes
        where
            outcomes.workspace_id = unanswered_attempts.workspace_id
            and outcomes.attempt_id = attempts.attempt_id
            and outcomes.outcome in ('unknown', 'sent_unproven')
    ) as answers
    left join outreach.campaign_steps as steps
        on
            steps.workspace_id = unanswered_attempts.workspace_id
            and attempts.step_id = steps.step_id
    left join outreach.prospects
        on
            prospects.workspace_id = unanswered_attempts.workspace_id
            and attempts.prospect_id = prospects.prospect_id
    left join outreach.provider_accounts
        on
            provider_accounts.workspace_id = unanswered_attempts.workspace_id
            and attempts.account_id = provider_accounts.account_id
    order by
        attempts.account_id,
        attempts.attempt_id;
end
$$;
