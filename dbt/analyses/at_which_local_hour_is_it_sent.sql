-- At which hour of the accounts' own clocks is it sent, and how many of these sends are
-- the last one before a first reply?
select
    local_hour,
    count(*) filter (where outcome = 'sent') as sent_count,
    count(*) filter (where outcome in ('unknown', 'open')) as unknown_count,
    count(replied_at) as replied_count

from {{ ref('sends') }}

group by local_hour

order by local_hour asc
