-- How many pages a walk of these accounts' lists may read now, for those of a version with
-- a budget; the others have no bound. pages: 0 if the budget is spent, and if the list's
-- last complete walk was longer than what is left: a walk that ends half-way proves
-- nothing, and its calls are lost. A walk of the sender (purpose: sends) that is longer
-- than a whole day's calls may begin with all of them, because it may find the invite
-- half-way. lifts_at: when an account without pages may read again: at the end of the
-- provider's hold, else at the next midnight of its zone. list: null asks for one page.
create or replace function outreach.read_pages_allowed(
    workspace_id bigint,
    account_ids bigint [],
    list text,
    at timestamptz,
    purpose text
)
returns table (account_id bigint, pages integer, lifts_at timestamptz)
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        judged.account_id,
        case when judged.needed <= judged.calls_left then judged.calls_left else 0 end,
        case
            when judged.needed <= judged.calls_left then null
            when judged.held_until > read_pages_allowed.at then judged.held_until
            else outreach.next_local_midnight(judged.timezone, read_pages_allowed.at)
        end
    from (
        select
            accounts.account_id,
            accounts.timezone,
            spending.held_until,
            outreach.read_calls_left(
                budgets.calls_per_day, spending.counted_on, spending.calls,
                spending.held_until, accounts.timezone, read_pages_allowed.at
            ) as calls_left,
            case
                when budgets.purpose = 'sends'
                    then greatest(least(last.page_count, budgets.calls_per_day), 1)
                else coalesce(last.page_count, 1)
            end as needed
        from outreach.linkedin_accounts as accounts
        inner join outreach.provider_accounts as linked
            on
                linked.workspace_id = read_pages_allowed.workspace_id
                and accounts.account_id = linked.account_id
        inner join outreach.provider_read_budgets as budgets
            on
                linked.provider_version = budgets.provider_version
                and budgets.purpose = read_pages_allowed.purpose
        left join outreach.provider_read_spending as spending
            on
                spending.workspace_id = read_pages_allowed.workspace_id
                and accounts.account_id = spending.account_id
                and budgets.purpose = spending.purpose
        left join lateral (
            select reads.page_count
            from outreach.provider_reads as reads
            where
                reads.workspace_id = read_pages_allowed.workspace_id
                and reads.account_id = accounts.account_id
                and reads.list = read_pages_allowed.list
                and reads.is_complete
            order by reads.started_at desc
            limit 1
        ) as last on true
        where
            accounts.workspace_id = read_pages_allowed.workspace_id
            and accounts.account_id = any(read_pages_allowed.account_ids)
        offset 0 -- counts the calls of each account once
    ) as judged;
end
$$;
