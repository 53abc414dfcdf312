-- Asks an account to write an answer into its chat with a person: keeps the text and
-- queues its job, due at once. A sender sends it at most once, under the account's
-- limit and gap of messages, at any hour and whatever campaign is paused. The person
-- may be in no campaign and in no list of people.
-- person: LinkedIn's id of the person, as in outreach.list_conversations().
-- confirm: send it although the person is marked do-not-contact.
-- seen_answer_id: the newest answer to the person that the writer saw, 0 for none; null
-- where that is not known.
-- blocker and lifts_at: what holds it back now, and until when; null where nothing
-- does. Refused (object_not_in_prerequisite_state): the account is not connected,
-- paused, or held by the provider; there is no chat; the same text was asked for in the
-- last ten minutes; there is an answer that the writer did not see, as when a form is
-- sent twice or two people answer at once. Refused once (restrict_violation): the person is marked
-- do-not-contact, and confirm is false. Locks the account.
create or replace function outreach.answer_reply(
    workspace_id bigint,
    account_id bigint,
    person text,
    body text,
    actor text,
    confirm boolean default false,
    as_of timestamptz default null,
    seen_answer_id bigint default null
)
returns table (
    answer_id bigint,
    job_id bigint,
    run_at timestamptz,
    blocker text,
    lifts_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at timestamptz;
    account outreach.linkedin_accounts;
    known record;
    unseen outreach.reply_answers;
    wrong text;
    advice text;
    code text := 'object_not_in_prerequisite_state';
    new_answer_id bigint;
    new_job_id bigint;
begin
    account := outreach.lock_account(
        answer_reply.workspace_id, answer_reply.account_id
    );
    at := coalesce(as_of, clock_timestamp());

    known := outreach.answer_place(
        answer_reply.workspace_id, answer_reply.account_id, answer_reply.person
    );

    select answers.*
    into unseen
    from outreach.reply_answers as answers
    where
        answers.workspace_id = answer_reply.workspace_id
        and answers.account_id = answer_reply.account_id
        and answers.person = answer_reply.person
        and answers.answer_id > seen_answer_id
    order by answers.answer_id desc
    limit 1;

    if coalesce(btrim(body), '') = '' or coalesce(actor, '') = '' then
        code := 'check_violation';
        wrong := 'an answer needs a text and the name of who asks for it';
        advice := 'Give both.';
    elsif not known.is_linked or not outreach.may_use_product(
        account.status, account.product_states, 'classic'
    ) then
        wrong := format('%s cannot answer: it is %s', account.name, account.status);
        advice := 'Connect the account again, then answer.';
    elsif account.paused_at is not null then
        wrong := format(
            '%s cannot answer: it is paused (%s)', account.name, account.paused_reason
        );
        advice := 'Resume the account, then answer.';
    elsif known.held_until > at then
        wrong := format(
            '%s cannot answer: the provider asked it to send no message until %s',
            account.name,
            to_char(known.held_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
        );
        advice := 'Answer after that.';
    elsif known.chat_id is null then
        wrong := format('%s has no chat with this person', account.name);
        advice := 'Only a person with whom the account has exchanged messages can be '
            || 'answered.';
    elsif known.do_not_contact_at is not null and not coalesce(confirm, false) then
        code := 'restrict_violation';
        wrong := 'the person is marked do-not-contact';
        advice := 'Confirm that the answer is to be sent all the same.';
    elsif outreach.was_answered_so(
        answer_reply.workspace_id, known.chat_id, body, at - interval '10 minutes'
    ) then
        wrong := 'the same answer was asked for already';
        advice := 'It is sent once; write another text, or wait ten minutes.';
    elsif unseen.answer_id is not null then
        wrong := format('%s answered this person meanwhile', unseen.asked_by);
        advice := 'Read that answer; if yours is still right, send it again.';
    end if;

    if wrong is not null then
        raise exception '%', wrong using errcode = code, hint = advice;
    end if;

    insert into outreach.reply_answers (
        workspace_id, account_id, chat_id, person, prospect_id, enrollment_id, body,
        asked_by, asked_at, is_confirmed
    )
    values (
        answer_reply.workspace_id, answer_reply.account_id, known.chat_id,
        answer_reply.person, known.prospect_id, known.enrollment_id, answer_reply.body,
        answer_reply.actor, at, known.do_not_contact_at is not null
    )
    returning reply_answers.answer_id into new_answer_id;

    insert into outreach.campaign_send_jobs (
        workspace_id, answer_id, account_id, action, run_at
    )
    values (
        answer_reply.workspace_id, new_answer_id, answer_reply.account_id,
        'answer_reply', at
    )
    returning campaign_send_jobs.job_id into new_job_id;

    return query
    select
        verdicts.answer_id,
        verdicts.job_id,
        verdicts.run_at,
        verdicts.blocker,
        verdicts.lifts_at
    from outreach.answer_verdicts(
        answer_reply.workspace_id, array[new_job_id], at
    ) as verdicts;
end
$$;
