-- In which of an enrollment's statuses an action may be done. A message needs a
-- connection; an InMail, a comment or a look-up does not.
create or replace function outreach.sendable_statuses(action text)
returns text []
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        case
            when $1 = 'send_invite' then array['ready_to_invite']
            when $1 = 'send_message' then array['ready_to_message']
            when $1 in ('end_wait', 'withdraw_invite') then array['pending_accept']
            else array['ready_to_invite', 'pending_accept', 'ready_to_message']
        end
$$;
