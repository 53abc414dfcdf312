-- Creates the temporary table for the rows of an import, after it has locked the
-- campaign, so that imports and saves of one campaign are serialized.
create or replace function outreach.begin_prospect_import(
    workspace_id bigint,
    campaign_id bigint
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform outreach.assert_read_committed();

    -- A concurrent do-not-contact rule waits, and then marks these people.
    perform
    from outreach.workspaces
    where workspaces.workspace_id = begin_prospect_import.workspace_id
    for key share;

    perform
    from outreach.campaigns
    where
        campaigns.workspace_id = begin_prospect_import.workspace_id
        and campaigns.campaign_id = begin_prospect_import.campaign_id
    for no key update;

    create temporary table imported_prospects (
        line_number integer primary key,
        provider_id text,
        public_identifier text,
        first_name text,
        last_name text,
        company text,
        job_title text,
        email text,
        location text,
        industry text,
        custom jsonb not null,
        is_connected boolean not null,
        is_do_not_contact boolean not null,
        -- A refused row is here only for its do-not-contact mark.
        refusal text,
        -- Set later, by the functions of the import.
        mark_reason text,
        prospect_id bigint,
        is_new_person boolean not null default false,
        connected_account_id bigint,
        connection_proof jsonb,
        enrollment_id bigint,
        account_id bigint,
        step_id bigint,
        action text,
        run_at timestamptz
    ) on commit drop;
end
$$;
