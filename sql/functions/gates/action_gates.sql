-- The gate that blocks an account's action at a moment, and until when: the first of
-- account_held, outside_window, a limit (outreach.limit_reached) and replies_not_read;
-- null if none does. One row for each distinct pair of the two arrays.
-- An answer (answer_reply) is under the hold and the limit of messages, and no window.
-- replies_not_read: the account's messages are polled, and were read too long ago
-- (outreach.reply_polls), so a step could follow a reply that nobody knows of.
-- is_busy: whether a job of the account is claimed or sending.
-- tells_when: whether lifts_at is needed; without it, any limit that blocks is returned.
create or replace function outreach.action_gates(
    workspace_id bigint,
    account_ids bigint [],
    actions text [],
    at timestamptz,
    tells_when boolean default true
)
returns table (
    account_id bigint,
    action text,
    blocker text,
    lifts_at timestamptz,
    is_busy boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    timezone text;
    held_until timestamptz;
    are_replies_read boolean;
    reached record;
begin
    -- All that is looked up by index for each pair, in one statement.
    for account_id, action, timezone, held_until, are_replies_read, is_busy in
        select
            pairs.account_id,
            pairs.action,
            clocks.timezone,
            holds.held_until,
            pairs.action not in ('send_invite', 'send_message', 'send_inmail', 'comment')
            or polls.account_id is null,
            exists (
                select 1
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = action_gates.workspace_id
                    and jobs.account_id = pairs.account_id
                    and jobs.status in ('claimed', 'sending')
                    and jobs.lease_expires_at >= coalesce(
                        watermarks.watermark_at, '-infinity'
                    )
                offset 0 -- keeps this an index look-up per pair
            )
        from (
            select distinct
                asked.account_id,
                asked.action
            from unnest(account_ids, actions) as asked (account_id, action)
        ) as pairs
        left join lateral (
            select zones.timezone
            from (
                select
                    outreach.account_timezone(
                        accounts.timezone, accounts.next_timezone,
                        accounts.next_timezone_at, action_gates.at
                    ) as timezone
                from outreach.linkedin_accounts as accounts
                where
                    accounts.workspace_id = action_gates.workspace_id
                    and accounts.account_id = pairs.account_id
                offset 0 -- no other account's time zone is read
            ) as zones
            where
                pairs.action = 'answer_reply'
                or exists (
                    select 1
                    from outreach.linkedin_account_sending_windows as windows
                    where
                        windows.workspace_id = action_gates.workspace_id
                        and windows.account_id = pairs.account_id
                        and outreach.is_inside_window(
                            action_gates.at at time zone zones.timezone,
                            windows.weekday, windows.opens, windows.closes
                        )
                    offset 0
                )
        ) as clocks on true
        left join outreach.linkedin_account_holds as holds
            on
                holds.workspace_id = action_gates.workspace_id
                and pairs.account_id = holds.account_id
                and outreach.limited_action(pairs.action) = holds.action
                and holds.held_until > at
        left join outreach.reply_polls as polls
            on
                polls.workspace_id = action_gates.workspace_id
                and pairs.account_id = polls.account_id
                and polls.read_until < at - polls.read_within
        left join outreach.send_queue_watermarks as watermarks
            on
                watermarks.workspace_id = action_gates.workspace_id
                and pairs.account_id = watermarks.account_id
                and watermarks.list = 'leased'
    loop
        if held_until is not null then
            blocker := 'account_held';
            lifts_at := held_until;
        elsif timezone is null then
            blocker := 'outside_window';
            lifts_at := case
                when tells_when
                    then (outreach.account_openings(workspace_id, account_id, at))
                        .opens_at
            end;
        else
            reached := outreach.limit_reached(
                workspace_id, account_id, outreach.limited_action(action),
                (at at time zone timezone)::date, at, tells_when
            );
            blocker := coalesce(
                reached.reached, case when not are_replies_read then 'replies_not_read' end
            );
            lifts_at := reached.lifts_at;
        end if;

        return next;
    end loop;
end
$$;
