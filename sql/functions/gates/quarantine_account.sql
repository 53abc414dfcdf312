-- Tells a person that an account sends nothing because judging it raises an error. The
-- next claim tries it again; the alert is closed once no claim meets the error for ten
-- minutes (outreach.resolve_job_alerts).
create or replace function outreach.quarantine_account(
    workspace_id bigint,
    account_id bigint,
    message text,
    as_of timestamptz default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform outreach.open_admin_alert(
        workspace_id,
        'account_cannot_be_judged', 'account ' || account_id,
        'Account ' || account_id || ' sends nothing, because what it may do cannot be '
        || 'told: ' || message || '. Correct its time zone, windows or limits.',
        jsonb_build_object('account_id', account_id),
        as_of
    );
end
$$;
