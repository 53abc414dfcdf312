-- Refuses to process a workspace with another provider's address than its own one
-- of either version, so that demo people are never sent to a real provider.
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
    own outreach.workspaces;
begin
    select workspaces.*
    into own
    from outreach.workspaces
    where workspaces.workspace_id = assert_provider_dsn.workspace_id;

    if not found then
        raise exception 'there is no workspace %', assert_provider_dsn.workspace_id
            using
                errcode = 'no_data_found',
                hint = 'Search for it in outreach.workspaces.';
    end if;

    if
        assert_provider_dsn.provider_dsn is distinct from own.provider_dsn
        and (
            assert_provider_dsn.provider_dsn is null
            or assert_provider_dsn.provider_dsn is distinct from own.v2_provider_dsn
        )
    then
        raise exception 'workspace % was loaded for the provider at %, not at %',
            own.workspace_id, concat_ws(' and ', own.provider_dsn, own.v2_provider_dsn),
            coalesce(assert_provider_dsn.provider_dsn, 'no address')
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Set UNIPILE_DSN to the address it was loaded for, or '
                || 'UNIPILE_V2_DSN if that address ends in /v2.';
    end if;
end
$$;
