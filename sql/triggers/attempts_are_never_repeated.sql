-- A send is never begun again while an earlier attempt of the same step may have
-- reached the person: only a definite no opens the way for another. A look-up and an
-- invite's withdrawal may be made again: twice comes to the same as once.
create or replace function outreach.assert_attempt_is_no_repeat()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    earlier record;
begin
    if outreach.may_be_repeated(new.action) then
        return new;
    end if;

    select
        attempts.attempt_id,
        outreach.attempt_state(attempts.workspace_id, attempts.attempt_id) as state
    into earlier
    from outreach.send_attempts as attempts
    where
        attempts.workspace_id = new.workspace_id
        and attempts.enrollment_id = new.enrollment_id
        and attempts.step_id = new.step_id
        and attempts.action = new.action
        and outreach.attempt_state(attempts.workspace_id, attempts.attempt_id)
        <> 'unsent'
    limit 1;

    if found then
        raise exception
            'enrollment % of workspace % was tried before by attempt %, which is %',
            new.enrollment_id, new.workspace_id, earlier.attempt_id, earlier.state
            using
                errcode = 'check_violation',
                hint = 'Ask the provider what became of it; never send on a guess.';
    end if;

    return new;
end
$$;

create or replace trigger attempts_are_never_repeated
before insert on outreach.send_attempts
for each row
execute function outreach.assert_attempt_is_no_repeat();
