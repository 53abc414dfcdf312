-- The sending windows of a new account: the provider asks to send in working hours only
-- (https://developer.unipile.com/docs/provider-limits-and-restrictions).
create or replace function outreach.default_sending_windows()
returns text
language sql
immutable
return 'mon-fri 09:00-17:00';
