-- The accounts that may contact people, in the order of their ids: those of their
-- enrollments, and those that wait to answer them.
create or replace function outreach.accounts_that_contact(
    workspace_id bigint,
    prospect_ids bigint []
)
returns bigint []
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return array(
        select enrollments.account_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = accounts_that_contact.workspace_id
            and enrollments.prospect_id = any(accounts_that_contact.prospect_ids)

        union

        select answers.account_id
        from outreach.prospects
        inner join outreach.reply_answers as answers
            on
                answers.workspace_id = accounts_that_contact.workspace_id
                and prospects.provider_id = answers.person
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = accounts_that_contact.workspace_id
                and answers.answer_id = jobs.answer_id
        where
            prospects.workspace_id = accounts_that_contact.workspace_id
            and prospects.prospect_id = any(accounts_that_contact.prospect_ids)
            and outreach.is_live_job(jobs.status)

        order by 1
    );
end
$$;
