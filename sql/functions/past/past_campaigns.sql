-- Campaigns at a past moment: paused or running from the audit row of the last pause or
-- resume. Names are the present ones. The start and the end of a campaign have no
-- history, so a campaign without an earlier pause has no status, unless it is a draft.
create or replace function outreach.past_campaigns(at timestamptz)
returns setof outreach.campaigns
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    pauses as (

        select distinct on (workspace_id, subject_id)
            workspace_id,
            subject_id as campaign_id,
            is_paused
        from outreach.pause_audit
        where
            subject = 'campaign'
            and changed_at <= past_campaigns.at
        order by
            workspace_id,
            subject_id,
            pause_id desc

    ),

    rebuilt as (

        select
            campaigns.workspace_id,
            campaigns.campaign_id,
            campaigns.name,
            campaigns.created_at,
            case
                when pauses.is_paused then 'paused'
                when not pauses.is_paused then 'running'
                when campaigns.status = 'draft' then 'draft'
            end as status
        from outreach.campaigns
        left join pauses using (workspace_id, campaign_id)
        where campaigns.created_at <= past_campaigns.at

    )

    select past.*
    from rebuilt
    cross join lateral jsonb_populate_record(
        null::outreach.campaigns, to_jsonb(rebuilt)
    ) as past;
end
$$;
