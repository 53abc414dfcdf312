-- What the campaigns of an account sent to a person. provider_reference: the provider's
-- id of what was sent, null where it gave none; of an invite whose note it told of as a
-- message, that of the message. The text of a step is not kept.
create or replace function outreach.campaign_sends_to_person(
    workspace_id bigint,
    account_id bigint,
    person text
)
returns table (
    sent_at timestamptz,
    kind text,
    campaign text,
    provider_reference text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        events.occurred_at,
        case events.event_type
            when 'invite_sent' then 'invite'
            when 'inmail_sent' then 'inmail'
            when 'comment_posted' then 'comment'
            else 'message'
        end,
        campaigns.name,
        coalesce(notes.message_reference, events.details ->> 'provider_reference')
    from outreach.prospects
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = campaign_sends_to_person.workspace_id
            and prospects.prospect_id = enrollments.prospect_id
    inner join outreach.campaign_events as events
        on
            events.workspace_id = campaign_sends_to_person.workspace_id
            and enrollments.enrollment_id = events.enrollment_id
            and events.account_id = campaign_sends_to_person.account_id
            and events.event_type in (
                'invite_sent', 'message_sent', 'inmail_sent', 'comment_posted',
                'send_unproven'
            )
    inner join outreach.campaigns
        on
            campaigns.workspace_id = campaign_sends_to_person.workspace_id
            and events.campaign_id = campaigns.campaign_id
    left join outreach.told_invite_notes(
        campaign_sends_to_person.workspace_id, campaign_sends_to_person.person
    ) as notes
        on
            events.event_type = 'invite_sent'
            and events.attempt_id = notes.attempt_id
    where
        prospects.workspace_id = campaign_sends_to_person.workspace_id
        and prospects.provider_id = campaign_sends_to_person.person;
end
$$;
