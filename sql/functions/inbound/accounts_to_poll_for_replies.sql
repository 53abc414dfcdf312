-- Connected accounts at a provider's address whose new messages should be read now: no
-- webhook at our own address tells of them (outreach.accounts_told_of_messages), and
-- their last read is older than half of outreach.reply_polls.read_within, 2.5 minutes
-- by default. Version 1 serves messages from its own store, so this is no burden for
-- LinkedIn. Version 2 asks LinkedIn at each read, within the account's budget: as often
-- while a step is due, else once an hour. read_since: everything since then is read; in
-- version 1 an hour is left for messages that the provider stores late; a week at first
-- and after each connection, because the provider then tells what it had missed.
create or replace function outreach.accounts_to_poll_for_replies(
    provider_dsn text,
    request_url text default null,
    as_of timestamptz default null
)
returns table (
    workspace_id bigint,
    account_id bigint,
    provider_account_id text,
    linkedin_identity text,
    read_since timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    return query
    select
        accounts.workspace_id,
        accounts.account_id,
        provider_accounts.provider_account_id,
        provider_accounts.linkedin_identity,
        case
            when polls.read_until > coalesce(flips.connected_at, '-infinity')
                then polls.read_until - case
                    when budgets.calls_per_day is null then interval '1 hour'
                    else interval '5 minutes'
                end
            else at - interval '168 hours'
        end
    from outreach.linkedin_accounts as accounts
    inner join outreach.provider_accounts
        on
            accounts.workspace_id = provider_accounts.workspace_id
            and accounts.account_id = provider_accounts.account_id
    left join outreach.reply_polls as polls
        on
            accounts.workspace_id = polls.workspace_id
            and accounts.account_id = polls.account_id
    left join outreach.provider_read_budgets as budgets
        on
            provider_accounts.provider_version = budgets.provider_version
            and budgets.purpose = 'replies'
    left join outreach.provider_read_spending as spending
        on
            accounts.workspace_id = spending.workspace_id
            and accounts.account_id = spending.account_id
            and spending.purpose = 'replies'
    -- A step of a running campaign that is due inside a window.
    left join lateral (
        select true as are_due
        from outreach.linkedin_account_sending_windows as windows
        inner join outreach.send_queue_watermarks as watermarks
            on
                windows.workspace_id = watermarks.workspace_id
                and windows.account_id = watermarks.account_id
                and watermarks.list in (
                    'send_invite', 'send_message', 'send_inmail', 'comment'
                )
        inner join outreach.campaign_send_jobs as jobs
            on
                watermarks.workspace_id = jobs.workspace_id
                and watermarks.account_id = jobs.account_id
                and watermarks.list = jobs.action
                and jobs.status = 'queued'
                and jobs.run_at between watermarks.watermark_at and at
        inner join outreach.campaigns
            on
                jobs.workspace_id = campaigns.workspace_id
                and jobs.campaign_id = campaigns.campaign_id
                and campaigns.status = 'running'
        where
            budgets.calls_per_day is not null
            and accounts.paused_at is null
            and windows.workspace_id = accounts.workspace_id
            and windows.account_id = accounts.account_id
            and outreach.is_inside_window(
                at at time zone accounts.timezone, windows.weekday, windows.opens,
                windows.closes
            )
        limit 1
    ) as steps on true
    left join lateral (
        select max(audit.flipped_at) as connected_at
        from outreach.linkedin_account_status_audit as audit
        where
            audit.workspace_id = accounts.workspace_id
            and audit.account_id = accounts.account_id
            and audit.to_status in ('connected', 'degraded', 'partial')
            and audit.flipped_at <= at
    ) as flips on true
    left join outreach.accounts_told_of_messages(
        accounts_to_poll_for_replies.provider_dsn, request_url, at
    ) as told
        on
            accounts.workspace_id = told.workspace_id
            and accounts.account_id = told.account_id
    where
        provider_accounts.provider_dsn = accounts_to_poll_for_replies.provider_dsn
        and outreach.may_use_product(
            accounts.status, accounts.product_states, 'classic'
        )
        and not outreach.is_read_budget_spent(
            budgets.calls_per_day, spending.counted_on, spending.calls,
            spending.held_until, accounts.timezone, at
        )
        and told.account_id is null
        and (
            polls.read_until is null
            or polls.read_until <= at - case
                when budgets.calls_per_day is null or steps.are_due
                    then polls.read_within / 2
                else interval '1 hour'
            end
            or polls.read_until <= flips.connected_at
        )
    order by
        accounts.workspace_id,
        accounts.account_id;
end
$$;
