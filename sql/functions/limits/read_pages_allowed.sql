-- How many pages a walk of an account's list may read now; null for no bound. 0 if the
-- budget is spent, and if the list's last complete walk was longer than what is left: a
-- walk that ends half-way proves nothing, and its calls are lost.
create or replace function outreach.read_pages_allowed(
    workspace_id bigint,
    account_id bigint,
    list text,
    at timestamptz
)
returns integer
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    calls_left integer;
    last_pages integer;
begin
    select
        case
            when outreach.is_read_budget_spent(
                budgets.calls_per_day, spending.counted_on, spending.calls,
                spending.held_until, accounts.timezone, read_pages_allowed.at
            )
                then 0
            else budgets.calls_per_day - case
                when
                    spending.counted_on
                    = outreach.local_date_in(accounts.timezone, read_pages_allowed.at)
                    then spending.calls
                else 0
            end
        end
    into calls_left
    from outreach.linkedin_accounts as accounts
    inner join outreach.provider_accounts as linked
        on
            linked.workspace_id = read_pages_allowed.workspace_id
            and accounts.account_id = linked.account_id
    inner join outreach.provider_read_budgets as budgets
        on
            linked.provider_version = budgets.provider_version
            and budgets.purpose = 'lists'
    left join outreach.provider_read_spending as spending
        on
            spending.workspace_id = read_pages_allowed.workspace_id
            and accounts.account_id = spending.account_id
            and budgets.purpose = spending.purpose
    where
        accounts.workspace_id = read_pages_allowed.workspace_id
        and accounts.account_id = read_pages_allowed.account_id;

    if not found then
        return null;
    end if;

    select reads.page_count
    into last_pages
    from outreach.provider_reads as reads
    where
        reads.workspace_id = read_pages_allowed.workspace_id
        and reads.account_id = read_pages_allowed.account_id
        and reads.list = read_pages_allowed.list
        and reads.is_complete
    order by reads.started_at desc
    limit 1;

    return case when coalesce(last_pages, 1) <= calls_left then calls_left else 0 end;
end
$$;
