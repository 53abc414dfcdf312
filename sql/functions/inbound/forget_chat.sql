-- A message's chat that the provider does not know any more (the account was added
-- anew) is forgotten, so that the next try starts one. Returns whether that was it.
create or replace function outreach.forget_chat(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if attempt.action <> 'send_message'
        or recorded.http_status is distinct from 404
    then
        return false;
    end if;

    delete from outreach.linkedin_chats as chats
    where
        chats.workspace_id = attempt.workspace_id
        and chats.account_id = attempt.account_id
        and chats.prospect_id = attempt.prospect_id;

    return found;
end
$$;
