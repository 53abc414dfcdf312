-- A message stays in the inbox of webhooks until its reply is recorded, so that no step
-- goes out in between.

alter table outreach.linkedin_webhook_inbox
add column taken_in_at timestamptz;

comment on column outreach.linkedin_webhook_inbox.taken_in_at is
'When a message became an event. Its row stays until the reply is recorded, and steps '
'wait meanwhile.';
