select
    workspace_id,
    read_id,
    account_id,
    list as list_name,
    subject as list_subject,
    started_at,
    ended_at,
    is_complete,
    page_count,
    item_count,
    stopped_by,
    items as list_items

from {{ source('outreach', 'whole_provider_reads') }}
