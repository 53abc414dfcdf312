select
    workspace_id,
    read_mark_id,
    account_id,
    person,
    read_to_event_id,
    actor,
    marked_at

from {{ source('outreach', 'reply_reads') }}
