-- The changes since a moment, one row each; scripts/up --once prints them.
create or replace function outreach.findings_since(since timestamptz)
returns table (
    finding text,
    found bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        'accounts' as finding,
        count(*) as found
    from outreach.linkedin_accounts
    union all
    select
        'counters healed downward',
        count(*)
    from outreach.linkedin_counter_heals as heals
    where heals.healed_at >= findings_since.since and heals.after < heals.before
    union all
    select
        'counters healed upward',
        count(*)
    from outreach.linkedin_counter_heals as heals
    where heals.healed_at >= findings_since.since and heals.after > heals.before
    union all
    select
        'accounts whose counters needed no heal',
        count(*)
    from outreach.linkedin_accounts as accounts
    where
        not exists (
            select 1
            from outreach.linkedin_counter_heals as heals
            where
                accounts.workspace_id = heals.workspace_id
                and accounts.account_id = heals.account_id
                and heals.healed_at >= findings_since.since
        )
    union all
    select
        'provider calls begun',
        count(*)
    from outreach.send_attempts as attempts
    where attempts.begun_at >= findings_since.since
    union all
    select
        'invites sent',
        count(*)
    from outreach.campaign_events as events
    where events.occurred_at >= findings_since.since and events.event_type = 'invite_sent'
    union all
    select
        'sends waiting for the provider''s word',
        count(*)
    from outreach.campaign_send_jobs as jobs
    where jobs.status = 'unknown'
    union all
    select
        'open alerts',
        count(*)
    from outreach.linkedin_admin_alerts as alerts
    where alerts.resolved_at is null;
end
$$;
