-- Locks what a change of a person's fields may change, in the common order, apart from the
-- person: the workspace, for which a new do-not-contact rule waits; then the accounts that
-- contact the person, and those of the parked people of each campaign in which the person
-- is parked.
create or replace function outreach.lock_accounts_of_fields(
    workspace_id bigint,
    prospect_id bigint
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
begin
    perform
    from outreach.workspaces
    where workspaces.workspace_id = lock_accounts_of_fields.workspace_id
    for key share;

    locked_account_ids := array(
        select distinct parked.account_id
        from outreach.campaign_prospects as own
        inner join outreach.campaign_prospects as parked
            on
                parked.workspace_id = lock_accounts_of_fields.workspace_id
                and own.campaign_id = parked.campaign_id
                and parked.linkedin_status = 'pending_template_fix'
        where
            own.workspace_id = lock_accounts_of_fields.workspace_id
            and own.prospect_id = lock_accounts_of_fields.prospect_id
            and own.linkedin_status = 'pending_template_fix'
    ) || outreach.accounts_that_contact(
        lock_accounts_of_fields.workspace_id,
        array[lock_accounts_of_fields.prospect_id]
    );

    perform outreach.lock_accounts(
        lock_accounts_of_fields.workspace_id, locked_account_ids
    );
end
$$;
