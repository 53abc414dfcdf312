-- How many sends of each account are proven by a second witness, and how many are not?
select
    senders.account_name,
    sends.proof,
    count(*) as send_count,
    min(sends.begun_at) as first_begun_at,
    max(sends.begun_at) as last_begun_at

from {{ ref('sends') }} as sends

inner join {{ ref('accounts') }} as senders
    on
        sends.workspace_id = senders.workspace_id
        and sends.account_id = senders.account_id

group by
    senders.workspace_id,
    senders.account_id,
    senders.account_name,
    sends.proof

order by
    senders.account_name asc,
    send_count desc,
    sends.proof asc
