-- What holds back an account's action at a moment, if anything does, and until when:
-- the first of account_held, outside_window and a limit (outreach.limit_reached).
-- One row for each distinct pair of the two arrays.
-- is_busy: whether a job of the account is claimed or sending.
-- tells_when: whether lifts_at is wanted; without it, any limit that holds is named.
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
-- The windows of many accounts are joined by their ids, whatever the caller has set.
set enable_hashjoin = on
as $$
#variable_conflict use_variable
declare
    timezone text;
    held_until timestamptz;
    reached record;
begin
    -- Each pair by itself: simple look-ups, whose plans are good and kept.
    for account_id, action, timezone in
        select distinct
            pairs.account_id,
            pairs.action,
            windows.timezone
        from unnest(account_ids, actions) as pairs (account_id, action)
        left join outreach.sending_windows_at(
            workspace_id, account_ids, at
        ) as windows
            on pairs.account_id = windows.account_id
    loop
        select
            (
                select holds.held_until
                from outreach.linkedin_account_holds as holds
                where
                    holds.workspace_id = action_gates.workspace_id
                    and holds.account_id = action_gates.account_id
                    and holds.action = action_gates.action
                    and holds.held_until > at
            ),
            exists (
                select 1
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = action_gates.workspace_id
                    and jobs.account_id = action_gates.account_id
                    and jobs.status in ('claimed', 'sending')
                    and jobs.lease_expires_at >= coalesce(
                        (
                            select watermarks.watermark_at
                            from outreach.send_queue_watermarks as watermarks
                            where
                                watermarks.workspace_id = action_gates.workspace_id
                                and watermarks.account_id = action_gates.account_id
                                and watermarks.list = 'leased'
                        ),
                        '-infinity'
                    )
            )
        into held_until, is_busy;

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
                workspace_id, account_id, action, (at at time zone timezone)::date, at,
                tells_when
            );
            blocker := reached.reached;
            lifts_at := reached.lifts_at;
        end if;

        return next;
    end loop;
end
$$;
