-- Two versions of the provider's API side by side. The address tells the version: the
-- addresses of version 2 end in /v2.

alter table outreach.workspaces
add column v2_provider_dsn text,
add constraint an_address_of_version_2_ends_in_v2 check (
    v2_provider_dsn like '%/v2'
);

comment on column outreach.workspaces.provider_dsn is
'The address of the provider that the workspace was loaded for, of either version. A '
'claim under an address that the workspace does not have is refused, so that demo '
'people never reach a real provider. Only outreach.move_workspace_to_provider() changes '
'it.';
comment on column outreach.workspaces.v2_provider_dsn is
'The address of version 2 that accounts of the workspace may have beside provider_dsn. '
'Null if there is none. Only outreach.open_workspace_to_provider() changes it.';

comment on table outreach.provider_moves is
'Each change of the provider of a workspace, with who and why, and each address of '
'version 2 that a workspace was given beside its own. Rows are never changed.';

alter table outreach.provider_accounts
add column provider_dsn text,
add column provider_version smallint;

update outreach.provider_accounts
set
    provider_dsn = workspaces.provider_dsn,
    provider_version = case when workspaces.provider_dsn like '%/v2' then 2 else 1 end
from outreach.workspaces
where workspaces.workspace_id = provider_accounts.workspace_id;

alter table outreach.provider_accounts
alter column provider_dsn set not null,
alter column provider_version set not null,
add constraint a_provider_version_is_known check (provider_version in (1, 2)),
add constraint a_version_is_that_of_its_address check (
    (provider_version = 2) = (provider_dsn like '%/v2')
);

comment on column outreach.provider_accounts.provider_dsn is
'The address of the provider''s API that the account is called at. A new row without '
'one gets its workspace''s.';
comment on column outreach.provider_accounts.provider_version is
'The version of the provider''s API at this address: 2 if it ends in /v2, else 1.';

-- Empty where a link was made before this column.
alter table outreach.provider_account_links
add column from_provider_dsn text,
add column to_provider_dsn text;

comment on column outreach.provider_account_links.from_provider_dsn is
'The address before. Null at the first link, and in rows from before version 2.';
comment on column outreach.provider_account_links.to_provider_dsn is
'The address of the provider at which the account has the new id. Null in rows from '
'before version 2.';
