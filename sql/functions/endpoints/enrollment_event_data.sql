-- What an event says about a row of campaign_events: the account, the campaign, the
-- enrollment and the person, and the text of a reply.
create or replace function outreach.enrollment_event_data(
    workspace_id bigint,
    event_id bigint
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        select
            jsonb_build_object(
                'account', jsonb_build_object(
                    'id', accounts.account_id,
                    'name', accounts.name,
                    'status', accounts.status
                ),
                'campaign', jsonb_build_object(
                    'id', campaigns.campaign_id,
                    'name', campaigns.name
                ),
                'enrollment_id', events.enrollment_id,
                'person', jsonb_build_object(
                    'id', prospects.prospect_id,
                    'first_name', prospects.first_name,
                    'last_name', prospects.last_name,
                    'company', prospects.company,
                    'job_title', prospects.job_title,
                    'email', prospects.email,
                    'linkedin_identifier', prospects.public_identifier,
                    'linkedin_id', prospects.provider_id
                )
            )
            || case
                when events.event_type = 'reply_received'
                    then jsonb_build_object('text', messages.payload ->> 'message')
                else '{}'
            end
        from outreach.campaign_events as events
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = enrollment_event_data.workspace_id
                and events.account_id = accounts.account_id
        inner join outreach.campaigns
            on
                campaigns.workspace_id = enrollment_event_data.workspace_id
                and events.campaign_id = campaigns.campaign_id
        inner join outreach.prospects
            on
                prospects.workspace_id = enrollment_event_data.workspace_id
                and events.prospect_id = prospects.prospect_id
        left join outreach.linkedin_events as messages
            on
                messages.workspace_id = enrollment_event_data.workspace_id
                and (events.details ->> 'linkedin_event_id')::bigint
                = messages.event_id
        where
            events.workspace_id = enrollment_event_data.workspace_id
            and events.event_id = enrollment_event_data.event_id
    );
end
$$;
