-- The accounts of claimed jobs that invite and may not send a note now: the gates of
-- notes hold them.
create or replace function outreach.accounts_without_notes(
    workspace_id bigint,
    job_ids bigint [],
    at timestamptz
)
returns bigint []
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    inviting_account_ids constant bigint [] := array(
        select distinct jobs.account_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = accounts_without_notes.workspace_id
            and jobs.job_id = any(accounts_without_notes.job_ids)
            and jobs.action = 'send_invite'
    );
begin
    return array(
        select gates.account_id
        from outreach.action_gates(
            accounts_without_notes.workspace_id, inviting_account_ids,
            array_fill(
                'send_invite_with_note'::text, array[cardinality(inviting_account_ids)]
            ),
            accounts_without_notes.at, tells_when => false
        ) as gates
        where gates.blocker is not null
    );
end
$$;
