-- These views became functions, because a cluster that is spread by workspace has to see
-- the workspace in each sub-query: outreach.send_facts(), outreach.needed_note_steps(),
-- outreach.outstanding_invite_counts().

drop view if exists outreach.send_facts;
drop view if exists outreach.needed_note_steps;
drop view if exists outreach.outstanding_invites;
