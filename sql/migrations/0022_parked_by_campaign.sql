-- Each send of an enrollment changed both its status and its time, and so an index over
-- both; only who is parked was ever looked up by it, and by campaign.

drop index outreach.campaign_prospects_by_status;

create index campaign_prospects_parked
on outreach.campaign_prospects (workspace_id, campaign_id)
where linkedin_status = 'pending_template_fix';
