-- What a withdrawal would do with a pending invite, for a person to read.
-- verdict: see outreach.withdrawal_verdict(). job_action: of the live job; null without one,
-- and for the end of a wait.
create or replace function outreach.withdrawal_outlook(
    verdict text,
    linkedin_status text,
    job_action text,
    campaign_status text
)
returns text
language sql
immutable
return
    case withdrawal_outlook.verdict
        when 'sooner'
            then 'its withdrawal comes sooner, and the sequence ends with it'
        when 'withdraw' then
            'it is withdrawn, and the sequence ends'
            || coalesce(
                ' without the ' || replace(withdrawal_outlook.job_action, '_', ' ')
                || ' that waits',
                ''
            )
        else case
            when withdrawal_outlook.linkedin_status = 'replied'
                then 'it stays: the person has replied'
            when withdrawal_outlook.job_action = 'withdraw_invite'
                then 'it stays in the queue: its withdrawal is due'
            else 'it stays: a call of this sequence is under way or unanswered'
        end
    end
    || case
        when
            withdrawal_outlook.verdict <> 'keep'
            and withdrawal_outlook.campaign_status <> 'running'
            then ', once the campaign goes on: it is '
            || withdrawal_outlook.campaign_status
        else ''
    end;
