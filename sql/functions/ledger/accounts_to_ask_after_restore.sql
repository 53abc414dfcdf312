-- The accounts of a workspace with people who are still in a campaign, or with an answer
-- that waits: those whose lists
-- show what was sent since a backup.
create or replace function outreach.accounts_to_ask_after_restore(workspace_id bigint)
returns table (
    account_id bigint,
    name text,
    is_paused boolean,
    provider_account_id text,
    linkedin_identity text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.account_id,
        accounts.name,
        accounts.paused_at is not null,
        provider_accounts.provider_account_id,
        provider_accounts.linkedin_identity
    from outreach.linkedin_accounts as accounts
    left join outreach.provider_accounts
        on
            provider_accounts.workspace_id = accounts_to_ask_after_restore.workspace_id
            and accounts.account_id = provider_accounts.account_id
    where
        accounts.workspace_id = accounts_to_ask_after_restore.workspace_id
        and (exists (
            select 1
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = accounts_to_ask_after_restore.workspace_id
                and enrollments.account_id = accounts.account_id
                and outreach.is_under_way(enrollments.linkedin_status)
        ) or exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = accounts_to_ask_after_restore.workspace_id
                and jobs.account_id = accounts.account_id
                and jobs.action = 'answer_reply'
                and jobs.status = 'queued'
        ))
    order by accounts.account_id;
end
$$;
