-- What the job of a step does for one person: the step's own action, or the look-up
-- that has to come first. A wait for an accept ends by its time-out's own action, and
-- has no job (null) without one.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.step_action(
    step outreach.campaign_steps,
    prospect outreach.prospects
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
                ($2).provider_id is null
                and ($1).action in ('send_invite', 'send_message', 'send_inmail')
                then 'resolve_profile'
            else ($1).action
        end
$$;
