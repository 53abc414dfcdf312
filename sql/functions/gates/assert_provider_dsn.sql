-- Refuses to process a workspace with another provider's address than its own, so that
-- demo people are never sent to a real provider.
create or replace function outreach.assert_provider_dsn(
    workspace_id bigint,
    provider_dsn text
)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    loaded_for text;
begin
    select workspaces.provider_dsn
    into loaded_for
    from outreach.workspaces
    where workspaces.workspace_id = assert_provider_dsn.workspace_id;

    if loaded_for is null then
        raise exception 'there is no workspace %', assert_provider_dsn.workspace_id
            using
                errcode = 'no_data_found',
                hint = 'Search for it in outreach.workspaces.';
    end if;

    if loaded_for is distinct from assert_provider_dsn.provider_dsn then
        raise exception 'workspace % was loaded for the provider at %, not at %',
            assert_provider_dsn.workspace_id, loaded_for,
            coalesce(assert_provider_dsn.provider_dsn, 'no address')
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Set UNIPILE_DSN to the address it was loaded for.';
    end if;
end
$$;
