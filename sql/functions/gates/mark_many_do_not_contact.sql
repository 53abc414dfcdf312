-- Marks people do-not-contact: calls outreach.mark_do_not_contact() for each enrolled
-- person, after it has locked their accounts in the common order. Returns the number of
-- cancelled jobs.
create or replace function outreach.mark_many_do_not_contact(
    workspace_id bigint,
    prospect_ids bigint [],
    reason text,
    actor text,
    at timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    enrolled_id bigint;
    cancelled_count bigint := 0;
begin
    locked_account_ids := outreach.accounts_that_contact(
        mark_many_do_not_contact.workspace_id, mark_many_do_not_contact.prospect_ids
    );

    perform outreach.lock_accounts(
        mark_many_do_not_contact.workspace_id, locked_account_ids
    );

    for enrolled_id in
        select distinct enrollments.prospect_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = mark_many_do_not_contact.workspace_id
            and enrollments.prospect_id = any(mark_many_do_not_contact.prospect_ids)
        order by enrollments.prospect_id
    loop
        cancelled_count := cancelled_count + outreach.mark_do_not_contact(
            mark_many_do_not_contact.workspace_id, enrolled_id,
            mark_many_do_not_contact.reason, mark_many_do_not_contact.actor,
            mark_many_do_not_contact.at
        );
    end loop;

    perform outreach.set_do_not_contact(
        mark_many_do_not_contact.workspace_id, mark_many_do_not_contact.prospect_ids,
        true, mark_many_do_not_contact.reason, mark_many_do_not_contact.actor,
        coalesce(mark_many_do_not_contact.at, clock_timestamp())
    );

    return cancelled_count;
end
$$;
