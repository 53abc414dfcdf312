-- The key of what must be read of an account before an action of it: contact, its replies;
-- withdrawal, its pending invites. Null for any other action. The body is parsed here, so
-- that Postgres inlines it into every query.
create or replace function outreach.needs_read(account_id bigint, action text)
returns text
language sql
immutable
return case
    when outreach.contacts_person(needs_read.action)
        then 'contact ' || needs_read.account_id
    when needs_read.action = 'withdraw_invite'
        then 'withdrawal ' || needs_read.account_id
end;
