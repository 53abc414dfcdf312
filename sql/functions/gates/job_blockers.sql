-- What speaks against an enrollment's live job, or against having none, at a moment: the
-- first reason in this order that is not its account's window, limit or turn. One row
-- for each of these enrollments. Null where nothing does: outreach.action_gates decides.
-- sender_does: what a sender does with the job, once no gate holds its account: send
-- it; cancel it, where it must never be done; or resume its step, where another job comes
-- before or instead. Null where it leaves the job in the queue, as it does with all jobs
-- of an account that is paused or not connected.
-- worker: whose claim is judged as if it were still in the queue.
create or replace function outreach.job_blockers(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz,
    worker text default null
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
begin
    return query
    select
        facts.enrollment_id,
        facts.account_id,
        facts.job_id,
        facts.job_status,
        facts.action,
        facts.run_at,
        judged.blocker,
        case
            when judged.blocker in ('waiting_for_accept', 'not_due_yet')
                then facts.run_at
            when judged.blocker = 'person_cooled' then facts.cooled_until
        end,
        case
            when facts.is_account_paused or not facts.is_account_connected then null
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
    from outreach.job_facts(
        job_blockers.workspace_id, enrollment_ids, job_blockers.at
    ) as facts
    cross join lateral (
        select
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
                when not facts.is_status_right then 'status_' || facts.linkedin_status
                when facts.was_begun_before then 'begun_before'
                when facts.is_invited_elsewhere then 'invited_by_another_campaign'
                when
                    not facts.has_profile
                    and facts.action in ('send_invite', 'send_message', 'send_inmail')
                    then 'profile_not_resolved'
                when facts.has_profile and facts.action = 'resolve_profile'
                    then 'profile_known'
                when facts.cooled_until is not null then 'person_cooled'
            end as blocker
        offset 0 -- each job is judged once, however often its reason is named above
    ) as judged;
end
$$;
