-- What the accounts of a workspace sent to a person, as the ledger has it, in no order:
-- the calls of campaigns and the answers of people. A call that sent nothing is there too.
-- body: of an answer. proof: what the provider's lists and answers say of it, as the mart
-- sends says. reference: the provider's id of what was sent. Security definer: the
-- console reads it, without rights to its tables.
create or replace function outreach.console_person_sends(
    in_workspace_id bigint,
    in_prospect_id bigint
)
returns table (
    happened_at timestamptz,
    attempt_id bigint,
    account_id bigint,
    campaign_id bigint,
    step_id bigint,
    action text,
    variant text,
    state text,
    answered_class text,
    proof text,
    reference text,
    body text,
    asked_by text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    attempt_ids constant bigint [] := array(
        select attempts.attempt_id
        from outreach.campaign_prospects as enrollments
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = in_workspace_id
                and enrollments.enrollment_id = attempts.enrollment_id
        where
            enrollments.workspace_id = in_workspace_id
            and enrollments.prospect_id = in_prospect_id
    ) || array(
        select attempts.attempt_id
        from outreach.prospects
        inner join outreach.reply_answers as answers
            on
                answers.workspace_id = in_workspace_id
                and prospects.provider_id = answers.person
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = in_workspace_id
                and answers.answer_id = attempts.answer_id
        where
            prospects.workspace_id = in_workspace_id
            and prospects.prospect_id = in_prospect_id
    );
    sent_id bigint;
begin
    -- One after the other: the models are read by index for a single attempt only.
    foreach sent_id in array attempt_ids loop
        return query
        select
            sends.begun_at,
            sends.attempt_id,
            sends.account_id,
            sends.campaign_id,
            sends.step_id,
            sends.action,
            sends.variant,
            sends.attempt_state,
            sends.answered_class,
            coalesce(
                proofs.proof,
                outreach.proof_of_send(
                    sends.attempt_state, false, sends.has_an_echo, false, false,
                    sends.answered_reference is not null
                )
            ),
            sends.answered_reference,
            answers.body,
            answers.asked_by
        from analytics_intermediate.int_send_attempts as sends
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = in_workspace_id
                and attempts.attempt_id = sent_id
        left join analytics.send_proofs as proofs
            on
                proofs.workspace_id = in_workspace_id
                and proofs.attempt_id = sent_id
        left join outreach.reply_answers as answers
            on
                answers.workspace_id = in_workspace_id
                and attempts.answer_id = answers.answer_id
        where
            sends.workspace_id = in_workspace_id
            and sends.attempt_id = sent_id;
    end loop;
end
$$;

revoke execute on function outreach.console_person_sends(bigint, bigint) from public;
grant execute on function outreach.console_person_sends(bigint, bigint) to console;
