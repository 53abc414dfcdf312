-- What share of each week's invites was accepted, by account? The lower bound counts
-- those who accepted by now; the upper one also everybody who still may.
select
    week_starts_on,
    account_name,
    invited_count,
    invited_accepted_count as accepted_count,
    invited_waiting_count as waiting_count,
    round(invited_accepted_count::numeric / invited_count, 4) as accept_rate_lower,
    round((invited_accepted_count + invited_waiting_count)::numeric / invited_count, 4)
        as accept_rate_upper

from {{ ref('weekly_account_facts') }}

where invited_count > 0

order by
    week_starts_on desc,
    account_name asc
