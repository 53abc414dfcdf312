-- Pauses a running campaign, resumes a paused one or starts a draft; null if it does not
-- exist, is finished, or is a draft that cannot be paused. Locks it, then its accounts. See
-- set_pause.
create or replace function outreach.set_campaign_pause(
    workspace_id bigint,
    campaign_id bigint,
    is_paused boolean
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    status_now text;
begin
    select campaigns.status
    into status_now
    from outreach.campaigns
    where
        campaigns.workspace_id = set_campaign_pause.workspace_id
        and campaigns.campaign_id = set_campaign_pause.campaign_id
        and (
            campaigns.status in ('running', 'paused')
            or (campaigns.status = 'draft' and not is_paused)
        )
    for no key update;

    if status_now is null then
        return null;
    end if;

    locked_account_ids := array(
        select distinct jobs.account_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = set_campaign_pause.workspace_id
            and jobs.campaign_id = set_campaign_pause.campaign_id
            and jobs.status in ('queued', 'claimed', 'sending')
    );

    perform outreach.lock_accounts(set_campaign_pause.workspace_id, locked_account_ids);

    update outreach.campaigns
    set status = case when is_paused then 'paused' else 'running' end
    where
        campaigns.workspace_id = set_campaign_pause.workspace_id
        and campaigns.campaign_id = set_campaign_pause.campaign_id;

    return (status_now <> 'running') <> is_paused;
end
$$;
