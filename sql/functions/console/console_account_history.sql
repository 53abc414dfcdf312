-- What was done to an account: flips of its status, pauses and changed settings, newest
-- first, before a given one. Security definer: the console reads it, without rights to
-- its tables. kind: status, pause or setting; seq: the flip's status_seq or the row's id. was, became:
-- the values of a setting, as outreach.account_setting() says.
create or replace function outreach.console_account_history(
    in_workspace_id bigint,
    in_account_id bigint,
    before_at timestamptz,
    before_kind text,
    before_seq bigint,
    most_rows integer
)
returns table (
    happened_at timestamptz,
    kind text,
    seq bigint,
    from_status text,
    to_status text,
    reason text,
    actor text,
    setting text,
    was jsonb,
    became jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select history.*
    from (
        select
            flips.flipped_at as happened_at,
            'status' as kind,
            flips.status_seq as seq,
            flips.from_status,
            flips.to_status,
            flips.reason,
            flips.actor,
            null as setting,
            null::jsonb as was,
            null::jsonb as became
        from outreach.linkedin_account_status_audit as flips
        where
            flips.workspace_id = in_workspace_id
            and flips.account_id = in_account_id

        union all

        select
            pauses.changed_at,
            'pause',
            pauses.pause_id,
            null,
            case when pauses.is_paused then 'paused' else 'resumed' end,
            pauses.reason,
            pauses.actor,
            null,
            null,
            null
        from outreach.pause_audit as pauses
        where
            pauses.workspace_id = in_workspace_id
            and pauses.subject = 'account'
            and pauses.subject_id = in_account_id

        union all

        select
            changes.changed_at,
            'setting',
            changes.change_id,
            null,
            null,
            null,
            changes.actor,
            changes.setting,
            changes.was,
            changes.became
        from outreach.linkedin_account_setting_audit as changes
        where
            changes.workspace_id = in_workspace_id
            and changes.account_id = in_account_id
    ) as history
    where
        before_at is null
        or (history.happened_at, history.kind, history.seq)
        < (before_at, before_kind, before_seq)
    order by
        history.happened_at desc,
        history.kind desc,
        history.seq desc
    limit most_rows;
end
$$;

revoke execute on function outreach.console_account_history(
    bigint, bigint, timestamptz, text, bigint, integer
) from public;
grant execute on function outreach.console_account_history(
    bigint, bigint, timestamptz, text, bigint, integer
) to console;
