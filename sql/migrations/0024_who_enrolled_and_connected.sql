-- Who enrolled a person and who connected an account: the first event of an enrollment
-- and the first audit row of an account name them. Null: whoever's session inserted the
-- row.

alter table outreach.campaign_prospects add column enrolled_by text;

comment on column outreach.campaign_prospects.enrolled_by is
'The actor of the event enrolled; null for the user of the session.';

alter table outreach.linkedin_accounts add column created_by text;

comment on column outreach.linkedin_accounts.created_by is
'The actor of the first audit row; null for the user of the session.';

grant insert (created_by) on outreach.linkedin_accounts to operator;
