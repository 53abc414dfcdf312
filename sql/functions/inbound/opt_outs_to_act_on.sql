-- People of a workspace with a reply that asks not to be contacted any more and was not
-- acted on yet: whether they are marked do-not-contact, and whether the campaign says to
-- mark them at once (on_opt_out: mark). phrase: of the newest such reply, event_id.
create or replace function outreach.opt_outs_to_act_on(workspace_id bigint)
returns table (
    prospect_id bigint,
    person text,
    is_marked boolean,
    marks_at_once boolean,
    phrase text,
    event_id bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        replies.prospect_id,
        coalesce(
            nullif(
                trim(concat_ws(' ', prospects.first_name, prospects.last_name)), ''
            ),
            prospects.public_identifier,
            prospects.provider_id
        ),
        prospects.do_not_contact_at is not null,
        bool_or(campaigns.settings ->> 'on_opt_out' = 'mark') is true,
        (
            array_agg(
                replies.details ->> 'opt_out_phrase' order by replies.event_id desc
            )
        )[1],
        max(replies.event_id)
    from outreach.campaign_events as replies
    inner join outreach.prospects
        on
            prospects.workspace_id = opt_outs_to_act_on.workspace_id
            and replies.prospect_id = prospects.prospect_id
    inner join outreach.campaigns
        on
            campaigns.workspace_id = opt_outs_to_act_on.workspace_id
            and replies.campaign_id = campaigns.campaign_id
    where
        replies.workspace_id = opt_outs_to_act_on.workspace_id
        and replies.event_type = 'reply_received'
        and replies.details ->> 'opt_out_phrase' is not null
        and not exists (
            select 1
            from outreach.linkedin_admin_alerts as alerts
            where
                alerts.workspace_id = opt_outs_to_act_on.workspace_id
                and alerts.code = 'reply_asks_for_no_contact'
                and alerts.subject = 'person ' || replies.prospect_id
                and (alerts.details ->> 'event_id')::bigint >= replies.event_id
        )
    group by
        replies.prospect_id,
        prospects.do_not_contact_at,
        prospects.first_name,
        prospects.last_name,
        prospects.public_identifier,
        prospects.provider_id
    order by replies.prospect_id;
end
$$;
