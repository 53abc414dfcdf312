-- Writes a campaign as its file says, under outreach.lock_campaign()'s locks:
-- {"name", "custom_fields": [...], "settings": {...}, "account_ids": [...],
--  "notify": ["reply", "accept"], "status": "draft" or "running", "is_new": false,
--  "steps": [{"step_id" or null, "step_key", "action", "delay", "settings",
--             "templates": [{"variant", "field", "template", "fields",
--                            "custom_fields", "validation_stamp"}]}]}
-- A step with an id keeps it in any position; steps that are not in the list are
-- removed. A new campaign gets the status, a saved one keeps its own. is_new: the caller
-- found no campaign of that name; one that was saved meanwhile is not overwritten
-- (object_not_in_prerequisite_state). Returns the campaign's id.
create or replace function outreach.save_campaign(
    workspace_id bigint,
    campaign jsonb,
    as_of timestamptz
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    declared_fields constant text []
    := array(select jsonb_array_elements_text(campaign -> 'custom_fields'));
    account_ids constant bigint []
    := array(
        select jsonb_array_elements_text(campaign -> 'account_ids')
    )::bigint [];
    notify constant text []
    := array(select jsonb_array_elements_text(coalesce(campaign -> 'notify', '[]')));
    saved_campaign_id bigint;
    removed_step_id bigint;
    step record;
begin
    insert into outreach.campaigns as campaigns (
        workspace_id, name, status, custom_fields, settings
    )
    values (
        save_campaign.workspace_id,
        campaign ->> 'name',
        campaign ->> 'status',
        declared_fields,
        campaign -> 'settings'
    )
    on conflict (workspace_id, name) do update
    set
        custom_fields = excluded.custom_fields,
        settings = excluded.settings
    where not coalesce((campaign -> 'is_new')::boolean, false)
    returning campaigns.campaign_id into saved_campaign_id;

    if saved_campaign_id is null then
        raise exception 'a campaign % was saved meanwhile', campaign ->> 'name'
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Choose another name, or edit that campaign.';
    end if;

    delete from outreach.campaign_accounts as accounts
    where
        accounts.workspace_id = save_campaign.workspace_id
        and accounts.campaign_id = saved_campaign_id
        and accounts.account_id <> all(account_ids);

    insert into outreach.campaign_accounts (workspace_id, campaign_id, account_id)
    select
        save_campaign.workspace_id,
        saved_campaign_id,
        account_id
    from unnest(account_ids) as account_id
    on conflict do nothing;

    delete from outreach.campaign_notifications as notifications
    where
        notifications.workspace_id = save_campaign.workspace_id
        and notifications.campaign_id = saved_campaign_id
        and notifications.about <> all(notify);

    insert into outreach.campaign_notifications (workspace_id, campaign_id, about)
    select
        save_campaign.workspace_id,
        saved_campaign_id,
        about
    from unnest(notify) as about
    on conflict do nothing;

    for removed_step_id in
        select steps.step_id
        from outreach.campaign_steps as steps
        where
            steps.workspace_id = save_campaign.workspace_id
            and steps.campaign_id = saved_campaign_id
            and steps.removed_at is null
            and not exists (
                select 1
                from jsonb_array_elements(campaign -> 'steps') as kept
                where (kept ->> 'step_id')::bigint = steps.step_id
            )
        order by steps.position
    loop
        perform outreach.remove_campaign_step(
            save_campaign.workspace_id, saved_campaign_id, removed_step_id,
            save_campaign.as_of
        );
    end loop;

    for step in
        select
            steps.step,
            steps.ordinal - 1 as position
        from jsonb_array_elements(campaign -> 'steps')
        with ordinality as steps (step, ordinal)
        order by steps.ordinal
    loop
        perform outreach.save_campaign_step(
            save_campaign.workspace_id, saved_campaign_id, step.position::integer,
            step.step, save_campaign.as_of
        );
    end loop;

    return saved_campaign_id;
end
$$;
