-- A job's enrollment, step, answer, account and action never change: otherwise its
-- enrollment would have a time without a job, and its attempts would belong to another
-- job.
create or replace function outreach.refuse_to_move_job()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'job % of workspace % belongs to % and account %',
        old.job_id, old.workspace_id,
        coalesce(
            'enrollment ' || old.enrollment_id || ', step ' || old.step_id,
            'answer ' || old.answer_id
        ),
        old.account_id
        using
            errcode = 'check_violation',
            hint = 'Cancel it and queue another with outreach.queue_send_job().';
end
$$;

create or replace trigger a_job_keeps_its_subject
before update on outreach.campaign_send_jobs
for each row
when (
    old.workspace_id <> new.workspace_id
    or old.enrollment_id is distinct from new.enrollment_id
    or old.campaign_id is distinct from new.campaign_id
    or old.step_id is distinct from new.step_id
    or old.answer_id is distinct from new.answer_id
    or old.account_id <> new.account_id
    or old.action <> new.action
)
execute function outreach.refuse_to_move_job();
