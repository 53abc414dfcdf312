with

reads as (

    select *
    from {{ ref('stg_whole_provider_reads') }}
    where
        list_name in (
            'sent_invitations', 'relations', 'chat_messages', 'post_comments'
        )
        and started_at > {{ judged_since() }}
        and started_at <= {{ var('as_of') }}

),

items as (

    select
        reads.workspace_id,
        reads.account_id,
        reads.list_name,
        reads.started_at,
        read_items.item ->> 'provider_id' as provider_id,
        read_items.item ->> 'public_identifier' as public_identifier,
        read_items.item ->> 'request_sha256' as request_sha256,
        read_items.item ->> 'reference' as provider_reference,
        (read_items.item ->> 'happened_at')::timestamptz as happened_at

    from reads

    cross join lateral jsonb_array_elements(reads.list_items) as read_items (item)

)

{# A list is read repeatedly; each item is one row, with its first and last read. #}
select
    workspace_id,
    account_id,
    list_name,
    provider_id,
    public_identifier,
    request_sha256,
    max(provider_reference) as provider_reference,
    min(happened_at) as happened_at,
    min(started_at) as first_seen_at,
    max(started_at) as last_seen_at

from items

group by
    workspace_id,
    account_id,
    list_name,
    provider_id,
    public_identifier,
    request_sha256
