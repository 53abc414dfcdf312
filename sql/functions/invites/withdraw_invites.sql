-- Queues the withdrawal of pending invites, due as soon as the account's windows and its
-- limit of withdraw_invite allow: one job for each, in the place of the job that waits.
-- What else the sequence would do is cancelled, and it ends with the withdrawal; an
-- accept that comes before continues it. An invite that must stay
-- (outreach.pending_invites) is left out. An account without a daily limit of withdrawals
-- gets that of its preset. Returns the queued ones.
create or replace function outreach.withdraw_invites(
    workspace_id bigint,
    enrollment_ids bigint [],
    actor text,
    reason text,
    as_of timestamptz default null
)
returns table (enrollment_id bigint, account_id bigint, run_at timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    moment timestamptz;
    invite record;
begin
    perform outreach.assert_read_committed();

    if coalesce(actor, '') = '' or coalesce(reason, '') = '' then
        raise exception 'a withdrawal of invites needs an actor and a reason'
            using
                errcode = 'check_violation',
                hint = 'Give an actor and a reason.';
    end if;

    locked_account_ids := array(
        select distinct enrollments.account_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = withdraw_invites.workspace_id
            and enrollments.enrollment_id = any(withdraw_invites.enrollment_ids)
    );

    perform outreach.lock_accounts(withdraw_invites.workspace_id, locked_account_ids);

    moment := coalesce(withdraw_invites.as_of, clock_timestamp());

    foreach account_id in array locked_account_ids loop
        perform outreach.limit_withdrawals(
            withdraw_invites.workspace_id, account_id, withdraw_invites.actor, moment
        );
    end loop;

    for invite in
        select
            pending.enrollment_id,
            pending.account_id,
            opens.run_at
        from outreach.pending_invites(
            withdraw_invites.workspace_id, at => moment
        ) as pending
        inner join (
            select
                accounts.account_id,
                outreach.clamp_to_sending_window(
                    withdraw_invites.workspace_id, accounts.account_id, moment
                ) as run_at
            from unnest(locked_account_ids) as accounts (account_id)
        ) as opens
            on pending.account_id = opens.account_id
        where
            pending.verdict <> 'keep'
            and pending.enrollment_id = any(withdraw_invites.enrollment_ids)
        order by
            pending.account_id,
            pending.enrollment_id
    loop
        perform outreach.queue_withdrawal(
            withdraw_invites.workspace_id, invite.enrollment_id, invite.run_at,
            withdraw_invites.actor, withdraw_invites.reason, moment
        );
        return query select invite.enrollment_id, invite.account_id, invite.run_at;
    end loop;
end
$$;
