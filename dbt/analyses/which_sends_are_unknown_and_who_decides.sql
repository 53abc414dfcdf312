-- Which sends were never answered, and who has to decide them?
select
    account_name,
    public_identifier,
    action,
    begun_at,
    lost_because,
    waits_for

from {{ ref('unknown_sends') }}

order by
    begun_at,
    account_name
