-- Whether this job's account has invited this person for another campaign, or may have:
-- the invite went out, is under way, or nobody answered. A withdrawn one is over.
create or replace function outreach.is_invited_elsewhere(
    job outreach.campaign_send_jobs,
    prospect_id bigint
)
returns boolean
language sql
stable
set search_path = ''
as $$
    select exists (
        select
        from outreach.campaign_prospects as others
        where
            others.workspace_id = ($1).workspace_id
            and others.prospect_id = $2
            and others.account_id = ($1).account_id
            and others.enrollment_id <> ($1).enrollment_id
            and others.linkedin_status <> 'withdrawn'
            and (
                others.linkedin_invited_at is not null
                or exists (
                    select
                    from outreach.send_attempts as attempts
                    where
                        attempts.workspace_id = others.workspace_id
                        and attempts.enrollment_id = others.enrollment_id
                        and attempts.action = 'send_invite'
                        and outreach.attempt_state(
                            attempts.workspace_id, attempts.attempt_id
                        ) <> 'unsent'
                )
            )
    )
$$;
