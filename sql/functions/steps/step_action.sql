-- The action of a step's job for one person: the step's own action, or the look-up that
-- has to come first where the person's LinkedIn id is not known. A wait for an accept
-- has its time-out's action, and no job (null) without a time-out. It sets no
-- search_path, so that a query can inline it; every name is qualified.
create or replace function outreach.step_action(
    step outreach.campaign_steps,
    has_profile boolean
)
returns text
language sql
immutable
as $$
    select
        case
            when ($1).action = 'wait' then null
            when ($1).action = 'wait_accept'
                then
                    case
                        when ($1).settings ->> 'time_out' is null then null
                        when ($1).settings ->> 'on_time_out' = 'withdraw'
                            then 'withdraw_invite'
                        else 'end_wait'
                    end
            when
                not $2
                and ($1).action in ('send_invite', 'send_message', 'send_inmail')
                then 'resolve_profile'
            else ($1).action
        end
$$;
