-- What the provider's lists show of jobs that may have been done since a backup, one row
-- for each job of which they show something. outcome:
-- decided_sent: the invite is pending or was accepted; or the account's owner wrote just
-- this text there, in a message or comment that the ledger does not know.
-- already_connected, already_pending: so it was before the backup too.
-- profile_found: the lists have the person who was to be looked up, with the id.
-- unknown: the owner wrote there since the backup, but another text than the one that the
-- job renders today, or than an answer; or a comment was due and does not stand there,
-- which proves nothing, because comments are deleted. A person decides.
-- hold: something was done, and the job cannot say what: it is parked, or waits for a
-- look-up. A person decides whether the enrollment continues.
-- A job without a row was not done. begun_at is when it was made as well as is known, and
-- not before the backup.
-- asked: [{"job_id", "request_sha256"}]. started_at: when this look began; what was queued
-- since follows from what was found.
create or replace function outreach.verdicts_after_restore(
    workspace_id bigint,
    asked jsonb,
    read_ids bigint [],
    since timestamptz,
    started_at timestamptz,
    at timestamptz
)
returns table (
    job_id bigint,
    enrollment_id bigint,
    account_id bigint,
    action text,
    outcome text,
    begun_at timestamptz,
    provider_reference text,
    facts jsonb,
    detail text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    verdicts as (

        select
            found.*,
            case
                when found.status = 'parked' then case
                    when
                        found.is_anything_unexplained
                        or (found.person_list is not null and not found.is_older)
                        then 'hold'
                end
                when found.action = 'send_invite' then case
                    when found.person_list is null then null
                    when not found.is_older then 'decided_sent'
                    when found.person_list = 'relations' then 'already_connected'
                    else 'already_pending'
                end
                when found.action = 'resolve_profile' then case
                    when found.person_list is not null
                        then 'profile_found'
                    when found.is_anything_unexplained or found.is_anybody_unknown
                        then 'hold'
                end
                when found.text_list is not null then 'decided_sent'
                when found.is_anything_unexplained then 'unknown'
                when found.action = 'comment' and found.may_have_been_due
                    then 'unknown'
            end as outcome
        from outreach.found_after_restore(
            verdicts_after_restore.workspace_id, asked, read_ids,
            verdicts_after_restore.since, verdicts_after_restore.started_at,
            verdicts_after_restore.at
        ) as found

    )

    select
        verdicts.job_id,
        verdicts.enrollment_id,
        verdicts.account_id,
        verdicts.action,
        verdicts.outcome,
        case
            when verdicts.outcome = 'decided_sent'
                then
                    least(
                        greatest(
                            coalesce(
                                verdicts.happened_at, verdicts_after_restore.at
                            ),
                            verdicts_after_restore.since
                        ),
                        verdicts_after_restore.at
                    )
            else verdicts_after_restore.at
        end,
        case
            when verdicts.outcome = 'profile_found' then verdicts.person_provider_id
            when verdicts.outcome = 'decided_sent' then case
                -- An InMail is known by the chat that it opened, as by its answer.
                when verdicts.action = 'send_inmail' then verdicts.text_subject
                else verdicts.reference
            end
        end,
        case
            when verdicts.text_list = 'chat_messages'
                then jsonb_build_object('chat_id', verdicts.text_subject)
            else '{}'
        end,
        case
            when coalesce(verdicts.text_list, verdicts.person_list) is not null
                then
                    'found after a restore in read ' || verdicts.read_id || ' of '
                    || coalesce(verdicts.text_list, verdicts.person_list)
            when verdicts.is_anything_unexplained
                then
                    'the account''s owner wrote there after the backup, and not the '
                    'text of this step'
            when verdicts.action = 'comment'
                then 'does not stand under the post, where it may have been deleted'
            else 'the account wrote to people whom no list names since the backup'
        end
    from verdicts
    where verdicts.outcome is not null
    order by verdicts.job_id;
end
$$;
