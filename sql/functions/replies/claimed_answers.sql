-- What calling the provider needs of claimed jobs that are answers, one row a job, in
-- the shape of outreach.claimed_send_jobs(). The text is settings.text: it is sent as
-- it is, and has no template.
create or replace function outreach.claimed_answers(
    workspace_id bigint,
    job_ids bigint [],
    claimed_at timestamptz
)
returns setof outreach.claimed_send_job
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    answers constant jsonb := (
        select
            jsonb_agg(
                jsonb_build_object(
                    'workspace_id', jobs.workspace_id,
                    'job_id', jobs.job_id,
                    'account_id', jobs.account_id,
                    'action', jobs.action,
                    'run_at', jobs.run_at,
                    'lease_expires_at', jobs.lease_expires_at,
                    'provider_account_id', provider_accounts.provider_account_id,
                    'recipient_provider_id', answers.person,
                    'has_premium', accounts.has_premium,
                    'custom_fields', '[]'::jsonb,
                    'templates', '[]'::jsonb,
                    'prospect', '{}'::jsonb,
                    'settings', jsonb_build_object('text', answers.body),
                    'chat_id', answers.chat_id,
                    'local_time', claimed_answers.claimed_at
                    at time zone outreach.account_timezone(
                        accounts.timezone, accounts.next_timezone,
                        accounts.next_timezone_at, claimed_answers.claimed_at
                    ),
                    'is_note_held', false
                )
                order by jobs.job_id
            )
        from unnest(claimed_answers.job_ids) as claimed (job_id)
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = claimed_answers.workspace_id
                and claimed.job_id = jobs.job_id
        inner join outreach.reply_answers as answers
            on
                answers.workspace_id = claimed_answers.workspace_id
                and jobs.answer_id = answers.answer_id
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = claimed_answers.workspace_id
                and jobs.account_id = accounts.account_id
        left join outreach.provider_accounts
            on
                jobs.workspace_id = provider_accounts.workspace_id
                and jobs.account_id = provider_accounts.account_id
    );
begin
    return query
    select answer.*
    from jsonb_populate_recordset(
        null::outreach.claimed_send_job, coalesce(answers, '[]')
    ) as answer;
end
$$;
