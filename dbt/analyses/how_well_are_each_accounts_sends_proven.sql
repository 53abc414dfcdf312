-- How many sends of each account are proven by a second witness, and how many are not?
select
    accounts.account_name,
    sends.proof,
    count(*) as send_count,
    min(sends.begun_at) as first_begun_at,
    max(sends.begun_at) as last_begun_at

from {{ ref('sends') }} as sends

inner join {{ ref('accounts') }} as accounts
    on
        sends.workspace_id = accounts.workspace_id
        and sends.account_id = accounts.account_id

group by
    accounts.workspace_id,
    accounts.account_id,
    accounts.account_name,
    sends.proof

order by
    accounts.account_name asc,
    send_count desc,
    sends.proof asc
