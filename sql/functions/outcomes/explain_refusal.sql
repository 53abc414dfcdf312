-- The outcome of a refusal whose type does not say why, by the facts of the person's
-- profile, of the pending invites and of our own ledger; class where these explain
-- nothing.
-- facts: is_connected and is_invite_pending, missing if the profile could not be read;
--   is_list_read: false if the pending invites were to be read and could not, so that the
--   invite may be among them;
--   is_invite_closed: the invite before was withdrawn or ignored, by the profile or by
--   the ledger.
create or replace function outreach.explain_refusal(
    action text,
    class text,
    facts jsonb
)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    is_read constant boolean := facts ? 'is_connected';
    is_connected constant boolean := coalesce(
        (facts ->> 'is_connected')::boolean, false
    );
    is_pending constant boolean := coalesce(
        (facts ->> 'is_invite_pending')::boolean, false
    );
    is_list_unread constant boolean := not coalesce(
        (facts ->> 'is_list_read')::boolean, true
    );
    is_closed constant boolean := coalesce(
        (facts ->> 'is_invite_closed')::boolean, false
    );
begin
    return case
        when action in ('send_invite', 'withdraw_invite') and is_connected
            then 'already_connected'
        when action = 'send_invite' and is_pending then 'already_pending'
        -- A refusal for a limit is one whatever the list shows.
        when action = 'send_invite'
            and is_list_unread
            and class <> 'account_limit'
            then 'unknown'
        when action = 'send_invite' and is_closed then 'ambiguous_resend'
        -- Only notes have a text, and LinkedIn's answer does not blame it.
        when action = 'send_invite' and class = 'content_bad' then 'unknown'
        when action = 'withdraw_invite'
            and is_read
            and not is_pending
            and not is_list_unread
            then 'already_gone'
        -- LinkedIn takes messages to connections only.
        when action = 'send_message' and is_read and not is_connected
            then 'permanent_prospect'
        else class
    end;
end
$$;
