-- A limit is judged by one look at what an account began lately: the index alone tells
-- the day that each counts on. An index by account and day beside it has no reader left
-- that this one, or that of the day, does not serve.

drop index outreach.send_attempts_of_account;

create index send_attempts_of_account
on outreach.send_attempts (workspace_id, account_id, action, begun_at)
include (counted_on);

drop index outreach.send_attempts_spent;
