-- The action of a step's job for one person: the step's own action, or the look-up that
-- has to come first where the person's LinkedIn id is not known. A wait for an accept
-- has its time-out's action, and no job (null) without a time-out. The body is parsed at
-- creation, so that no search_path can change its meaning and a query can inline it.
create or replace function outreach.step_action(
    step outreach.campaign_steps,
    has_profile boolean
)
returns text
language sql
immutable
return
    case
        when (step_action.step).action = 'wait' then null
        when (step_action.step).action = 'wait_accept'
            then
                case
                    when (step_action.step).settings ->> 'time_out' is null then null
                    when (step_action.step).settings ->> 'on_time_out' = 'withdraw'
                        then 'withdraw_invite'
                    else 'end_wait'
                end
        when
            not step_action.has_profile
            and (step_action.step).action in ('send_invite', 'send_message', 'send_inmail')
            then 'resolve_profile'
        else (step_action.step).action
    end;
