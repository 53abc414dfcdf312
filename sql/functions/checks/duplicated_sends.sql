-- Steps of an enrollment with more than one attempt that may have reached the person.
create or replace function outreach.duplicated_sends()
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        attempts.workspace_id,
        'enrollment ' || attempts.enrollment_id,
        count(*) || ' attempts of ' || attempts.action || ' on step '
        || attempts.step_id || ' that are not known unsent'
    from outreach.send_attempts as attempts
    where
        not outreach.may_be_repeated(attempts.action)
        and outreach.attempt_state(attempts.workspace_id, attempts.attempt_id)
        <> 'unsent'
    group by
        attempts.workspace_id,
        attempts.enrollment_id,
        attempts.step_id,
        attempts.action
    having count(*) > 1
$$;
