-- Opens an alert that an account sends nothing because a claim for it raises an error.
-- The next claim tries it again; outreach.resolve_job_alerts closes the alert after ten
-- minutes without the error.
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
