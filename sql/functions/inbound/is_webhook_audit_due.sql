-- Whether our subscriptions should be looked at now: no list of them was read to its
-- end for this address in the last day, or an account was connected since. Where the
-- provider's list keeps breaking off, it is asked for every ten minutes.
-- What a schedule asks before it starts a run.
create or replace function outreach.is_webhook_audit_due(
    provider_dsn text,
    request_url text,
    as_of timestamptz default null
)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with

    clock as materialized (

        select coalesce($3, clock_timestamp()) as at

    ),

    reads as (

        select
            max(wide_reads.started_at) as tried_at,
            max(wide_reads.started_at) filter (
                where wide_reads.is_complete
            ) as read_at
        from outreach.provider_wide_reads as wide_reads
        where
            wide_reads.provider_dsn = $1
            and wide_reads.list = 'webhooks'
            and wide_reads.subject = $2
    )

    select
        exists (
            select 1
            from outreach.accounts_at_provider($1) as accounts
            where
                accounts.status <> 'deleted'
                and (
                    reads.read_at is null
                    or reads.read_at <= clock.at - interval '1 day'
                    or exists (
                        select 1
                        from outreach.linkedin_account_status_audit as audit
                        where
                            accounts.workspace_id = audit.workspace_id
                            and accounts.account_id = audit.account_id
                            and audit.to_status = 'connected'
                            and audit.flipped_at > reads.read_at
                            and audit.flipped_at <= clock.at
                    )
                )
        )
        and (
            reads.tried_at is null
            or reads.tried_at = reads.read_at
            or reads.tried_at <= clock.at - interval '10 minutes'
        )
    from reads
    cross join clock
$$;
