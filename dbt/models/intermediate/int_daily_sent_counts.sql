select
    workspace_id,
    account_id,
    action,
    counted_on,
    count(*) as sent_count

from {{ ref('stg_campaign_events') }}

{# Only a send has the day on which it counts. #}
where counted_on is not null

group by
    workspace_id,
    account_id,
    action,
    counted_on
