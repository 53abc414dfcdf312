-- Whether an enrollment's step may be queued: no job of it waits or is under way but a
-- parked or queued one, and no attempt of the step may have reached the person. The
-- look-up that came before the step's own send is neither.
create or replace function outreach.is_step_free_to_send(
    workspace_id bigint,
    enrollment_id bigint,
    step_id bigint
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return
        not exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            inner join outreach.campaign_steps as steps
                on
                    steps.workspace_id = is_step_free_to_send.workspace_id
                    and jobs.step_id = steps.step_id
            where
                jobs.workspace_id = is_step_free_to_send.workspace_id
                and jobs.enrollment_id = is_step_free_to_send.enrollment_id
                and (
                    jobs.status in ('claimed', 'sending', 'unknown')
                    or (
                        jobs.status in ('queued', 'parked')
                        and jobs.step_id <> is_step_free_to_send.step_id
                    )
                    or (
                        jobs.status = 'completed'
                        and jobs.step_id = is_step_free_to_send.step_id
                        and jobs.action = steps.action
                    )
                )
        )
        and not exists (
            select 1
            from outreach.send_attempts as attempts
            inner join outreach.campaign_steps as steps
                on
                    steps.workspace_id = is_step_free_to_send.workspace_id
                    and attempts.step_id = steps.step_id
            where
                attempts.workspace_id = is_step_free_to_send.workspace_id
                and attempts.enrollment_id = is_step_free_to_send.enrollment_id
                and attempts.step_id = is_step_free_to_send.step_id
                and attempts.action = steps.action
                and outreach.state_of_means(
                    array(
                        select outcomes.means
                        from outreach.send_attempt_outcomes as outcomes
                        where
                            outcomes.workspace_id = is_step_free_to_send.workspace_id
                            and outcomes.attempt_id = attempts.attempt_id
                    )
                ) <> 'unsent'
        );
end
$$;
