-- Most people of an old campaign are through. Those under way are found without reading
-- the others, by workspace or by account.
create index campaign_prospects_under_way
on outreach.campaign_prospects (workspace_id, account_id)
where linkedin_status in (
    'ready_to_invite', 'pending_accept', 'ready_to_message', 'pending_template_fix'
);
