-- The rows of functions that hand them on to each other. No table has a column of these
-- types.

create type outreach.shown_conversation as (
    account_id bigint,
    account text,
    timezone text,
    person text,
    prospect_id bigint,
    name text,
    company text,
    campaign_id bigint,
    campaign text,
    linkedin_status text,
    accepted_at timestamptz,
    replied_at timestamptz,
    latest_at timestamptz,
    is_unread boolean,
    unread_count bigint,
    last_message text,
    is_last_own boolean,
    is_do_not_contact boolean,
    answer_status text,
    last_message_at timestamptz
);

comment on type outreach.shown_conversation is
'A row of a list of conversations: see outreach.list_conversations().';

create type outreach.found_conversation as (
    workspace_id bigint,
    workspace_name text,
    found_id bigint,
    name text,
    detail text,
    rank integer,
    person text
);

comment on type outreach.found_conversation is
'A conversation that a person names: see outreach.find_conversations().';
