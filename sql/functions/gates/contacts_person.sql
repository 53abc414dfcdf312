-- Whether an action of a step contacts a person, so that it must not follow a reply that
-- nobody knows of. The body is parsed here, so that Postgres inlines it into every query.
create or replace function outreach.contacts_person(action text)
returns boolean
language sql
immutable
return contacts_person.action in ('send_invite', 'send_message', 'send_inmail', 'comment');
