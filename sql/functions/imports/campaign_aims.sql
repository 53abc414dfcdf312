-- The target group of a campaign. invites: people who are not connected yet.
-- needs_connections: it sends messages without invites, so they go to existing
-- connections.
create or replace function outreach.campaign_aims(
    workspace_id bigint,
    campaign_id bigint
)
returns table (invites boolean, needs_connections boolean)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        coalesce(bool_or(steps.action = 'send_invite'), false),
        coalesce(
            bool_or(steps.action = 'send_message')
            and not bool_or(steps.action = 'send_invite'),
            false
        )
    from outreach.campaign_steps as steps
    where
        steps.workspace_id = campaign_aims.workspace_id
        and steps.campaign_id = campaign_aims.campaign_id
        and steps.removed_at is null;
end
$$;
