-- Whether our subscriptions should be audited now: their list was not read completely
-- for this address in the last day, or an account was connected since. After an
-- incomplete read the audit repeats every ten minutes. A schedule calls this before it
-- starts a run.
create or replace function outreach.is_webhook_audit_due(
    provider_dsn text,
    request_url text,
    as_of timestamptz default null
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    reads record;
begin
    select
        max(wide_reads.started_at) as tried_at,
        max(wide_reads.started_at) filter (where wide_reads.is_complete) as read_at
    into reads
    from outreach.provider_wide_reads as wide_reads
    where
        wide_reads.provider_dsn = is_webhook_audit_due.provider_dsn
        and wide_reads.list = 'webhooks'
        and wide_reads.subject = is_webhook_audit_due.request_url;

    if reads.tried_at is distinct from reads.read_at
        and reads.tried_at > at - interval '10 minutes'
    then
        return false;
    end if;

    return exists (
        select 1
        from outreach.accounts_at_provider(
            is_webhook_audit_due.provider_dsn
        ) as accounts
        where
            accounts.status <> 'deleted'
            and (
                reads.read_at is null
                or reads.read_at <= at - interval '1 day'
                or exists (
                    select 1
                    from outreach.linkedin_account_status_audit as audit
                    where
                        accounts.workspace_id = audit.workspace_id
                        and accounts.account_id = audit.account_id
                        and audit.to_status in ('connected', 'degraded', 'partial')
                        and audit.flipped_at > reads.read_at
                        and audit.flipped_at <= at
                )
            )
    );
end
$$;
