-- The inboxes in which replies to these accounts can lie, of those that can be read now:
-- classic, classic_inmail, sales_navigator, recruiter. One row for each account. The
-- classic one is always read, those of InMails only if the account has begun any, so that
-- no calls are wasted. They are not chosen by the products that its steps name, because a
-- step may name another one later. While the classic product does not run, those of the
-- others are read before the first InMail, too, which waits for a read. The inbox of a
-- product that the account does not have, or that does not run, cannot be read; where the
-- provider has not said yet which it has, all are tried. Version 1 has one list of all
-- messages, and no inboxes.
create or replace function outreach.inboxes_to_read(
    workspace_id bigint,
    account_ids bigint []
)
returns table (account_id bigint, inboxes text [])
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.account_id,
        array(
            select known.inbox
            from (
                values
                (1, 'classic', 'classic'),
                (2, 'classic_inmail', 'classic'),
                (3, 'sales_navigator', 'sales_navigator'),
                (4, 'recruiter', 'recruiter')
            ) as known (place, inbox, product)
            where
                outreach.may_use_product(
                    accounts.status, accounts.product_states, known.product
                )
                and (
                    known.inbox = 'classic'
                    or known.product = 'classic'
                    and sends.has_inmails
                    or known.product <> 'classic'
                    and (
                        accounts.product_states is null
                        or accounts.product_states ->> known.product is not null
                    )
                    and (
                        sends.has_inmails
                        or not outreach.may_use_product(
                            accounts.status, accounts.product_states, 'classic'
                        )
                    )
                )
            order by known.place
        )
    from unnest(inboxes_to_read.account_ids) as asked (account_id)
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = inboxes_to_read.workspace_id
            and asked.account_id = accounts.account_id
    cross join lateral (
        select
            exists (
                select 1
                from outreach.send_attempts as attempts
                where
                    attempts.workspace_id = inboxes_to_read.workspace_id
                    and attempts.account_id = accounts.account_id
                    and attempts.action = 'send_inmail'
                offset 0 -- keeps this an index look-up per account
            ) as has_inmails
    ) as sends;
end
$$;
