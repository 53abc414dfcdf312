-- The gate that blocks an account's action at a moment, and until when: the first of
-- account_held, outside_window, a limit (outreach.limit_that_lifts_last tells both),
-- read_budget_spent and replies_not_read; null if none does. One row for each distinct
-- pair of the two arrays; send_invite_with_note has a row only for an account that limits
-- or holds its invites with a note. An answer (answer_reply) is under the hold and the
-- limit of messages, and under no window. replies_not_read and read_budget_spent: a step
-- could follow a reply that nobody knows of (outreach.unread_replies), or a withdrawal may
-- not read the pending invites: any may need that list, because the invite's id is not
-- known or turns out to be old. is_busy: whether a job of it is claimed or sending.
-- tells_when: whether lifts_at is needed.
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
    -- By account, since a join compares all pairs.
    unread_replies jsonb;
    unread_invites jsonb;
begin
    -- All that is looked up by index for each pair, in one statement.
    select
        array_agg(pairs.account_id),
        array_agg(pairs.action),
        array_agg(holds.held_until),
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
    into account_ids, actions, held_untils, are_busy
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

    select jsonb_object_agg(reads.account_id, array[reads.blocker, reads.lifts_at::text])
    into unread_replies
    from outreach.unread_replies(workspace_id, account_ids, at) as reads;

    if 'withdraw_invite' = any(actions) then
        select
            jsonb_object_agg(reads.account_id, array['read_budget_spent', reads.lifts_at::text])
        into unread_invites
        from outreach.read_pages_allowed(
            workspace_id, account_ids, 'sent_invitations', at, 'sends'
        ) as reads
        where reads.pages = 0;
    end if;

    return query
    select
        (gates.spent).account_id,
        (gates.spent).action,
        case
            when gates.held_until is not null then 'account_held'
            else coalesce(limits.name, reads.found ->> 0)
        end,
        coalesce(gates.held_until, limits.lifts_at, (reads.found ->> 1)::timestamptz),
        gates.is_busy,
        gates.spent
    from (
        select
            row(limits.*)::outreach.spent_limit as spent,
            held_untils[row_number() over ()] as held_until,
            are_busy[row_number() over ()] as is_busy
        from outreach.spent_limits(
            workspace_id, account_ids, actions, action_gates.at
        ) as limits
    ) as gates
    left join lateral (
        select lifting.*
        from outreach.limit_that_lifts_last(
            workspace_id, gates.spent, action_gates.at, tells_when
        ) as lifting
        where
            gates.held_until is null
            and ((gates.spent).timezone is null or (gates.spent).reached <> '{}')
        offset 0 -- computed for blocked actions only
    ) as limits on true
    left join lateral (
        select
            case
                when outreach.contacts_person((gates.spent).action)
                    then unread_replies -> (gates.spent).account_id::text
                when (gates.spent).action = 'withdraw_invite'
                    then unread_invites -> (gates.spent).account_id::text
            end as found
    ) as reads on gates.held_until is null and limits.name is null;
end
$$;
