-- Whether a job's person is left alone by its account and action at a moment.
create or replace function outreach.is_cooled(
    job outreach.campaign_send_jobs,
    prospect_id bigint,
    at timestamptz
)
returns boolean
language sql
stable
set search_path = ''
as $$
    select exists (
        select
        from outreach.prospect_cooldowns as cooldowns
        where
            cooldowns.workspace_id = ($1).workspace_id
            and cooldowns.account_id = ($1).account_id
            and cooldowns.prospect_id = $2
            and cooldowns.action = ($1).action
            and cooldowns.cooled_until > $3
    )
$$;
