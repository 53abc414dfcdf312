-- What an account has begun already, as far as a limit still counts it: one row for each
-- attempt and each limit's action that counts it (send_invite_with_note counts the
-- invites with a note, beside all invites), from the oldest on.
-- actions: of the limits. unsent_ids: the attempts that are known unsent (outreach.unsent_attempts).
-- is_spent: an attempt that is known unsent spends nothing, and only its gap counts.
create or replace function outreach.spent_before(
    workspace_id bigint,
    account_id bigint,
    actions text [],
    at timestamptz,
    unsent_ids bigint []
)
returns table (
    counted_action text,
    begun_at timestamptz,
    counted_on date,
    is_spent boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    has_month_limit constant boolean := exists (
        select 1
        from outreach.linkedin_account_limits as limits
        where
            limits.workspace_id = spent_before.workspace_id
            and limits.account_id = spent_before.account_id
            and limits.per = 'month'
    );
begin
    return query
    select
        counting.action,
        attempts.begun_at,
        attempts.counted_on,
        attempts.attempt_id <> all(unsent_ids)
    from outreach.send_attempts as attempts
    cross join lateral (
        values
        (attempts.action),
        (
            case
                when attempts.action = 'send_invite' and attempts.has_note
                    then 'send_invite_with_note'
            end
        )
    ) as counting (action)
    where
        attempts.workspace_id = spent_before.workspace_id
        and attempts.account_id = spent_before.account_id
        and attempts.action = any(actions)
        and attempts.begun_at <= spent_before.at
        -- A local month began at most 31 days ago, and as much more as zones differ.
        and attempts.begun_at > spent_before.at - case
            when has_month_limit then interval '33 days' else interval '168 hours'
        end
        and counting.action = any(actions)
    order by attempts.begun_at;
end
$$;
