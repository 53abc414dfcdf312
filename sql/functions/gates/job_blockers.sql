-- Returns the first reason, in this order, why an enrollment's live job must not be done
-- at a moment, or why it has none, apart from its account's window, limits and turn. One
-- row for each of these enrollments. If blocker is null, outreach.action_gates decides.
-- sender_does: what a sender does with the job as soon as no gate blocks its account:
-- send it; cancel it, if it must never be done; or resume its step, if another job comes
-- before it or takes its place. Null if it leaves the job in the queue, as it does with
-- all jobs of an account that is paused or not connected.
-- noteless_account_ids: the accounts whose notes are blocked: their invites that need a
-- note (outreach.invites_that_need_notes) stay in the queue.
-- worker: whose claims are judged as if queued. tells_why: false asks only whether
-- sender_does is null, with fewer look-ups.
create or replace function outreach.job_blockers(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz,
    noteless_account_ids bigint [] default null,
    worker text default null,
    tells_why boolean default true
)
returns table (
    enrollment_id bigint,
    account_id bigint,
    job_id bigint,
    job_status text,
    action text,
    run_at timestamptz,
    blocker text,
    lifts_at timestamptz,
    sender_does text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    noted_enrollment_ids bigint [];
begin
    if noteless_account_ids <> '{}' then
        noted_enrollment_ids := array(
            select needing.enrollment_id
            from outreach.invites_that_need_notes(
                job_blockers.workspace_id, enrollment_ids
            ) as needing (enrollment_id)
        );
    end if;

    return query
    select
        judged.enrollment_id,
        judged.account_id,
        judged.job_id,
        judged.job_status,
        judged.action,
        judged.run_at,
        judged.blocker,
        case
            when judged.blocker in ('waiting_for_accept', 'not_due_yet')
                then judged.run_at
            when judged.blocker = 'person_cooled' then judged.cooled_until
        end,
        case
            when
                judged.is_account_paused
                or not judged.is_account_connected
                or judged.needs_blocked_note
                then null
            when judged.blocker is null then 'send'
            when
                judged.blocker in (
                    'do_not_contact', 'begun_before', 'invited_by_another_campaign'
                )
                or starts_with(judged.blocker, 'status_')
                then 'cancel'
            when judged.blocker in ('profile_not_resolved', 'profile_known')
                then 'resume'
        end
    from (
        select
            facts.enrollment_id,
            facts.account_id,
            facts.job_id,
            facts.job_status,
            facts.action,
            facts.run_at,
            facts.is_account_paused,
            facts.is_account_connected,
            facts.cooled_until,
            (
                facts.account_id = any(noteless_account_ids)
                and facts.enrollment_id = any(noted_enrollment_ids)
            ) is true as needs_blocked_note,
            case
                when facts.job_status = 'sending' then 'being_sent'
                -- A withdrawal of an invite contacts no person.
                when
                    facts.is_do_not_contact
                    and facts.action is distinct from 'withdraw_invite'
                    then 'do_not_contact'
                when not facts.is_campaign_running then 'campaign_not_running'
                when not facts.is_account_connected then 'account_not_connected'
                when facts.is_account_paused then 'account_paused'
                when facts.is_enrollment_paused then 'enrollment_paused'
                when
                    facts.linkedin_status = 'pending_template_fix'
                    or facts.job_status = 'parked'
                    then 'template_fix'
                when facts.job_status = 'unknown' then 'unknown_send'
                when
                    facts.job_status = 'claimed'
                    and facts.claimed_by is distinct from worker
                    then 'being_sent'
                -- A wait that times out has a job, which is due when it does.
                when
                    facts.linkedin_status = 'pending_accept'
                    and (
                        facts.job_id is null
                        or (
                            facts.action in ('end_wait', 'withdraw_invite')
                            and facts.run_at > job_blockers.at
                        )
                    )
                    then 'waiting_for_accept'
                when facts.job_id is null then 'no_live_job'
                when facts.run_at > job_blockers.at then 'not_due_yet'
                when not tells_why and facts.cooled_until is null then null
                when facts.linkedin_status <> all(outreach.sendable_statuses(facts.action))
                    then 'status_' || facts.linkedin_status
                when
                    not outreach.may_be_repeated(facts.action)
                    and facts.was_begun_before
                    then 'begun_before'
                when facts.action = 'send_invite' and facts.is_invited_elsewhere
                    then 'invited_by_another_campaign'
                when
                    not facts.has_profile
                    and facts.action in ('send_invite', 'send_message', 'send_inmail')
                    then 'profile_not_resolved'
                when facts.has_profile and facts.action = 'resolve_profile'
                    then 'profile_known'
                when facts.cooled_until is not null then 'person_cooled'
            end as blocker
        from outreach.send_facts(
            job_blockers.workspace_id, enrollment_ids, job_blockers.at, tells_why
        ) as facts
        offset 0 -- judges each job once
    ) as judged;
end
$$;
