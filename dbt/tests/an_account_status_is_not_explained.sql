-- Fails for each account whose status has no audit row (LL#276). What to do: find who
-- wrote it without outreach.flip_linkedin_account_status(), with triggers disabled or
-- as a superuser, and flip it to another status and back with the reason.
-- A warning: nothing else depends on it.
{{ config(severity='warn') }}

select
    workspace_id,
    account_id,
    stored_status,
    status,
    since,
    account_name || ' (account ' || account_id || ')' as subject,
    'The account is ' || stored_status || ', and its audit rows say '
    || coalesce(status || ' since ' || since, 'nothing') || '.' as message

from {{ ref('account_status') }}

where not is_explained
