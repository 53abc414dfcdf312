-- Counts calls that an account made to read on its day, and keeps what the last answer
-- said of the provider's own limit: its headers, and a hold until the limit's window
-- ends if none of it remains or the call was refused. Where LinkedIn itself refused it
-- (provider/too_many_requests), the whole account is held: its reads for every purpose,
-- and its actions. Calls of a day before the newest are counted on the newest: a day never
-- begins anew. Does nothing for an account of a version without a budget.
-- rate_limit: {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
--   "retry-after", "refused"} as far as the answer has them; refused: its error's type.
create or replace function outreach.note_provider_calls(
    workspace_id bigint,
    account_id bigint,
    purpose text,
    calls integer,
    rate_limit jsonb,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := coalesce(
        note_provider_calls.at, clock_timestamp()
    );
    is_of_account constant boolean := coalesce(
        rate_limit ->> 'refused' = 'provider/too_many_requests', false
    );
    new_hold timestamptz;
    day date;
    version smallint;
begin
    select
        outreach.local_date_in(accounts.timezone, moment),
        budgets.provider_version
    into day, version
    from outreach.linkedin_accounts as accounts
    inner join outreach.provider_accounts as linked
        on
            linked.workspace_id = note_provider_calls.workspace_id
            and accounts.account_id = linked.account_id
    inner join outreach.provider_read_budgets as budgets
        on
            linked.provider_version = budgets.provider_version
            and budgets.purpose = note_provider_calls.purpose
    where
        accounts.workspace_id = note_provider_calls.workspace_id
        and accounts.account_id = note_provider_calls.account_id;

    if day is null then
        return;
    end if;

    -- Before its spending and its holds, as an outcome's settlement takes them.
    if is_of_account then
        perform outreach.lock_accounts(
            note_provider_calls.workspace_id, array[note_provider_calls.account_id]
        );
    end if;

    if rate_limit ->> 'refused' is not null or rate_limit ->> 'x-ratelimit-remaining' = '0'
    then
        new_hold := coalesce(
            outreach.retry_after_moment(rate_limit ->> 'retry-after', moment),
            outreach.retry_after_moment(rate_limit ->> 'x-ratelimit-reset', moment),
            moment + interval '1 hour'
        );
    end if;

    insert into outreach.provider_read_spending as spending (
        workspace_id, account_id, purpose, counted_on, calls, rate_limit, held_until,
        noted_at
    )
    select
        note_provider_calls.workspace_id,
        note_provider_calls.account_id,
        budgets.purpose,
        day,
        case
            when budgets.purpose = note_provider_calls.purpose
                then note_provider_calls.calls
            else 0
        end,
        nullif(note_provider_calls.rate_limit, '{}'),
        new_hold,
        moment
    from outreach.provider_read_budgets as budgets
    where
        budgets.provider_version = version
        and (budgets.purpose = note_provider_calls.purpose or is_of_account)
    order by budgets.purpose
    on conflict (workspace_id, account_id, purpose) do update
    set
        counted_on = greatest(spending.counted_on, excluded.counted_on),
        calls = excluded.calls + case
            when spending.counted_on >= excluded.counted_on then spending.calls else 0
        end,
        rate_limit = case
            when excluded.rate_limit is null or excluded.noted_at < spending.noted_at
                then coalesce(spending.rate_limit, excluded.rate_limit)
            else excluded.rate_limit
        end,
        held_until = greatest(spending.held_until, excluded.held_until),
        noted_at = greatest(spending.noted_at, excluded.noted_at);

    if is_of_account then
        perform outreach.hold_account(
            note_provider_calls.workspace_id, note_provider_calls.account_id, new_hold,
            rate_limit ->> 'refused'
        );
    end if;
end
$$;
