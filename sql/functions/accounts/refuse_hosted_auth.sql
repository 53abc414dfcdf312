-- Ends a hosted page whose login was refused, and opens an alert with the reason,
-- because the person who logged in sees none.
create or replace function outreach.refuse_hosted_auth(
    workspace_id bigint,
    link_id bigint,
    refusal text,
    as_of timestamptz default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    update outreach.hosted_auth_links as links
    set
        finished_at = moment,
        refusal = refuse_hosted_auth.refusal
    where
        links.workspace_id = refuse_hosted_auth.workspace_id
        and links.link_id = refuse_hosted_auth.link_id
        and links.finished_at is null;

    perform outreach.open_admin_alert(
        refuse_hosted_auth.workspace_id, 'hosted_auth_refused',
        'hosted page ' || refuse_hosted_auth.link_id,
        refuse_hosted_auth.refusal, '{}', moment
    );
end
$$;
