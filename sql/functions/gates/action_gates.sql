-- The gate that blocks an account's action at a moment, and until when: the first of
-- account_held, outside_window, a limit (outreach.limit_that_lifts_last),
-- read_budget_spent and replies_not_read; null if none does. One row for each distinct
-- pair of the two arrays; send_invite_with_note has a row only for an account that limits
-- or holds its invites with a note. An answer (answer_reply) is under the hold and the
-- limit of messages, and under no window. replies_not_read: a step could follow a reply
-- that nobody knows of, because webhooks are not read yet (outreach.are_webhooks_unread),
-- or because messages are polled and were read too long ago (outreach.reply_polls);
-- read_budget_spent: and the account may not poll them for a while. is_busy: whether a job
-- of it is claimed or sending. tells_when: whether lifts_at is needed.
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
    is_busy boolean,
    spent outreach.spent_limit
)
language plpgsql
stable
rows 100
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    held_untils timestamptz [];
    are_busy boolean [];
    are_unread boolean [];
    has_unread constant boolean := outreach.are_webhooks_unread();
begin
    -- All that is looked up by index for each pair, in one statement.
    select
        array_agg(pairs.account_id),
        array_agg(pairs.action),
        array_agg(holds.held_until),
        array_agg(
            (has_unread or polls.account_id is not null)
            and pairs.action in ('send_invite', 'send_message', 'send_inmail', 'comment')
        ),
        array_agg(
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
        )
    into account_ids, actions, held_untils, are_unread, are_busy
    from (
        select distinct
            asked.account_id,
            asked.action
        from unnest(account_ids, actions) as asked (account_id, action)
    ) as pairs
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
    where
        pairs.action <> 'send_invite_with_note'
        or holds.held_until is not null
        or exists (
            select 1
            from outreach.linkedin_account_limits as limits
            where
                limits.workspace_id = action_gates.workspace_id
                and limits.account_id = pairs.account_id
                and limits.action = pairs.action
            offset 0
        );

    -- Most accounts have no gates of notes.
    if account_ids is null then
        return;
    end if;

    return query
    select
        (gates.spent).account_id,
        (gates.spent).action,
        case
            when gates.held_until is not null then 'account_held'
            when (gates.spent).timezone is null then 'outside_window'
            when limits.name is not null then limits.name
            when reads.lifts_at is not null then 'read_budget_spent'
            when gates.is_unread then 'replies_not_read'
        end,
        coalesce(gates.held_until, openings.opens_at, limits.lifts_at, reads.lifts_at),
        gates.is_busy,
        gates.spent
    from (
        select
            row(limits.*)::outreach.spent_limit as spent,
            held_untils[row_number() over ()] as held_until,
            are_unread[row_number() over ()] as is_unread,
            are_busy[row_number() over ()] as is_busy
        from outreach.spent_limits(
            workspace_id, account_ids, actions, action_gates.at
        ) as limits
    ) as gates
    left join outreach.spent_reply_budgets(
        workspace_id, case when true = any(are_unread) then account_ids end, at
    ) as reads on gates.is_unread and (gates.spent).account_id = reads.account_id
    left join lateral (
        select moments.opens_at
        from outreach.account_openings(
            workspace_id, (gates.spent).account_id, action_gates.at
        ) as moments
        where tells_when and gates.held_until is null and (gates.spent).timezone is null
        offset 0 -- computed for blocked actions only
    ) as openings on true
    left join lateral (
        select lifting.*
        from outreach.limit_that_lifts_last(
            workspace_id, gates.spent, action_gates.at, tells_when
        ) as lifting
        where
            gates.held_until is null
            and (gates.spent).timezone is not null
            and (gates.spent).reached <> '{}'
        offset 0
    ) as limits on true;
end
$$;
