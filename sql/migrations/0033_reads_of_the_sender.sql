-- The sender reads the list of pending invites too: for a withdrawal, and to tell refusals
-- apart. These reads have calls of their own, so that they starve no poll.

alter table outreach.provider_read_budgets
drop constraint a_read_has_a_known_purpose;

alter table outreach.provider_read_budgets
add constraint a_read_has_a_known_purpose
check (purpose in ('lists', 'replies', 'sends'));

alter table outreach.provider_read_spending
drop constraint spending_has_a_known_purpose;

alter table outreach.provider_read_spending
add constraint spending_has_a_known_purpose
check (purpose in ('lists', 'replies', 'sends'));

comment on table outreach.provider_read_budgets is
'How many calls an account may make on a day of its own to read lists (invitations, '
'relations, chats), to look for replies, and for the sender to read the pending invites. '
'A version without a row has no bound: version 1 serves reads from its own store.';

insert into outreach.provider_read_budgets (provider_version, purpose, calls_per_day)
values
(2, 'sends', 100);

alter type outreach.claimed_send_job add attribute walk_pages integer;

-- It is asked for several accounts at once, and for a purpose.
drop function if exists outreach.read_pages_allowed(bigint, bigint, text, timestamptz);
