-- The other enrollments in which this job's account has invited this person, or may
-- have: the invite went out, is under way, or nobody answered. A withdrawn one is over.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.invited_elsewhere(
    job outreach.campaign_send_jobs,
    prospect_id bigint
)
returns table (enrollment_id bigint)
language sql
stable
as $$
    select others.enrollment_id
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
                select 1
                from outreach.attempt_states as attempts
                where
                    attempts.workspace_id = others.workspace_id
                    and attempts.enrollment_id = others.enrollment_id
                    and attempts.action = 'send_invite'
                    and attempts.state <> 'unsent'
                offset 0 -- keeps this an index look-up per enrollment
            )
        )
$$;
