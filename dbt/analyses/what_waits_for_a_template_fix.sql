-- Which texts are broken, since when, and how many people wait for each?
select
    campaign_name,
    step_number,
    action,
    parked_count,
    rearmable_count,
    error_message,
    parked_since

from {{ ref('template_fix_backlog') }}

order by
    parked_count desc,
    campaign_name asc,
    step_number asc
