-- Accounts at a past moment: the status from the audit row of the last flip, the pause
-- from that of the last pause. Names and the time zone are the present ones. An account
-- that was loaded without audit rows has its present status. Columns that are not named
-- here have no history and are null, such as the time of the last synchronization.
create or replace function outreach.past_linkedin_accounts(at timestamptz)
returns setof outreach.linkedin_accounts
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    flips as (

        select distinct on (workspace_id, account_id)
            workspace_id,
            account_id,
            to_status,
            status_seq
        from outreach.linkedin_account_status_audit
        where flipped_at <= past_linkedin_accounts.at
        order by
            workspace_id,
            account_id,
            status_seq desc

    ),

    pauses as (

        select distinct on (workspace_id, subject_id)
            workspace_id,
            subject_id as account_id,
            is_paused,
            actor,
            reason,
            changed_at
        from outreach.pause_audit
        where
            subject = 'account'
            and changed_at <= past_linkedin_accounts.at
        order by
            workspace_id,
            subject_id,
            pause_id desc

    ),

    rebuilt as (

        select
            accounts.workspace_id,
            accounts.account_id,
            accounts.name,
            accounts.first_name,
            accounts.last_name,
            accounts.timezone,
            accounts.created_at,
            coalesce(flips.to_status, accounts.status) as status,
            coalesce(flips.status_seq, accounts.status_seq) as status_seq,
            case when pauses.is_paused then pauses.changed_at end as paused_at,
            case when pauses.is_paused then pauses.actor end as paused_by,
            case when pauses.is_paused then pauses.reason end as paused_reason
        from outreach.linkedin_accounts as accounts
        left join flips using (workspace_id, account_id)
        left join pauses using (workspace_id, account_id)
        where accounts.created_at <= past_linkedin_accounts.at

    )

    select past.*
    from rebuilt
    cross join lateral jsonb_populate_record(
        null::outreach.linkedin_accounts, to_jsonb(rebuilt)
    ) as past;
end
$$;
