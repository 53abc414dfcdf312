-- Stores the provider's notice of a login on one of our hosted pages. Returns kept,
-- told before, or unknown: not one of our pages, a page that expired more than a day
-- ago, a page on which another person has logged in, or a page of another version of the
-- provider's API: the token of a page of version 2 is seen by the person who logs in, so
-- only a signed event counts for it.
create or replace function outreach.record_hosted_auth_notice(
    workspace_id bigint,
    token_sha256 text,
    notified_status text,
    provider_account_id text,
    as_of timestamptz default null,
    api_version integer default 1
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := coalesce(as_of, clock_timestamp());
    link outreach.hosted_auth_links;
begin
    select links.*
    into link
    from outreach.hosted_auth_links as links
    where
        links.workspace_id = record_hosted_auth_notice.workspace_id
        and links.token_sha256 = record_hosted_auth_notice.token_sha256
        and (coalesce(links.provider_dsn, '') like '%/v2')
        = (record_hosted_auth_notice.api_version = 2)
    for update;

    if not found or moment > link.expires_at + interval '24 hours' then
        return 'unknown';
    end if;

    if link.provider_account_id is not null then
        return case
            when link.provider_account_id = record_hosted_auth_notice.provider_account_id
                then 'told before'
            else 'unknown'
        end;
    end if;

    update outreach.hosted_auth_links as links
    set
        notified_at = moment,
        notified_status = record_hosted_auth_notice.notified_status,
        provider_account_id = record_hosted_auth_notice.provider_account_id
    where
        links.workspace_id = link.workspace_id
        and links.link_id = link.link_id;

    return 'kept';
end
$$;
