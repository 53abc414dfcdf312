-- Sales Navigator and Recruiter can show a person under another id than LinkedIn's own:
-- who writes in the chat that an InMail opened is found by the chat.
create index campaign_events_of_inmail_chats
on outreach.campaign_events (
    workspace_id, account_id, (details ->> 'provider_reference')
)
where event_type = 'inmail_sent';
