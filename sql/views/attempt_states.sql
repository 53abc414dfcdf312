-- Each attempt with its state (outreach.state_of_attempt). The outcomes are read
-- attempt by attempt, so that a query for few attempts reads few outcomes.
-- unsent_recorded_at: when the newest proof of 'unsent' was recorded.
-- provider_reference: the provider's id of the sent item, from the newest outcome that
-- has one.
create or replace view outreach.attempt_states
with (security_invoker = true)
as
select
    attempts.workspace_id,
    attempts.attempt_id,
    attempts.job_id,
    attempts.enrollment_id,
    attempts.campaign_id,
    attempts.step_id,
    attempts.prospect_id,
    attempts.account_id,
    attempts.action,
    attempts.worker,
    attempts.begun_at,
    attempts.counted_on,
    attempts.provider_account_id,
    attempts.recipient_provider_id,
    attempts.limit_per_day,
    attempts.limit_per_week,
    attempts.limit_per_month,
    attempts.note_limit_per_week,
    attempts.note_limit_per_month,
    attempts.has_note,
    attempts.timezone,
    attempts.window_weekday,
    attempts.window_opens,
    attempts.window_closes,
    evidence.unsent_recorded_at,
    evidence.provider_reference,
    outreach.state_of_attempt(
        evidence.is_sent, evidence.is_unsent, evidence.is_unknown
    ) as state,
    attempts.answer_id
from outreach.send_attempts as attempts
cross join lateral (
    select
        bool_or(outcomes.means = 'sent') as is_sent,
        bool_or(outcomes.means = 'unsent') as is_unsent,
        bool_or(outcomes.means = 'unknown') as is_unknown,
        max(outcomes.recorded_at) filter (
            where outcomes.means = 'unsent'
        ) as unsent_recorded_at,
        (
            array_agg(outcomes.provider_reference order by outcomes.outcome_id desc)
            filter (
                where
                outcomes.means = 'sent'
                and outcomes.provider_reference is not null
            )
        ) [1] as provider_reference
    from outreach.send_attempt_outcomes as outcomes
    where
        outcomes.workspace_id = attempts.workspace_id
        and outcomes.attempt_id = attempts.attempt_id
) as evidence;

grant select on outreach.attempt_states to sender, operator;
