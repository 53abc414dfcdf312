-- What the provider's lists show of jobs that may have been done since a backup, one row
-- for each job of which they show something. outcome:
-- decided_sent: the invite is pending or was accepted; or the account's owner wrote just
-- this text there, in a message or comment that the ledger does not know.
-- already_connected, already_pending: so it was before the backup too.
-- profile_found: the person who was to be looked up stands in the lists with their id.
-- unknown: the owner wrote there since the backup, but another text than the one that the
-- job renders today, or than an answer; or a comment was due and does not stand there, which proves nothing,
-- because comments are deleted. A person decides.
-- hold: something was done, and the job cannot say what: it is parked, or waits for a
-- look-up. A person decides whether the enrollment goes on.
-- A job without a row was not done. begun_at is when it was made as well as is known, and
-- not before the backup. Ten minutes are left for the provider's clock, and a day where
-- it dates invitations by "2 days ago".
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

    jobs as materialized (

        select
            jobs.job_id,
            jobs.enrollment_id,
            jobs.account_id,
            jobs.action,
            jobs.status,
            jobs.run_at <= verdicts_after_restore.at
            or jobs.created_at >= verdicts_after_restore.started_at as may_have_been_due,
            steps.action as step_action,
            coalesce(prospects.provider_id, answers.person) as provider_id,
            prospects.public_identifier,
            outreach.step_social_id(
                row(steps.*)::outreach.campaign_steps,
                row(prospects.*)::outreach.prospects
            ) as social_id,
            sends.request_sha256
        from jsonb_to_recordset(asked) as sends (job_id bigint, request_sha256 text)
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = verdicts_after_restore.workspace_id
                and sends.job_id = jobs.job_id
        left join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = verdicts_after_restore.workspace_id
                and jobs.enrollment_id = enrollments.enrollment_id
        left join outreach.prospects
            on
                prospects.workspace_id = verdicts_after_restore.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        left join outreach.reply_answers as answers
            on
                answers.workspace_id = verdicts_after_restore.workspace_id
                and jobs.answer_id = answers.answer_id
        left join outreach.campaign_steps as steps
            on
                steps.workspace_id = verdicts_after_restore.workspace_id
                and jobs.step_id = steps.step_id

    ),

    items as materialized (

        select
            reads.account_id,
            reads.read_id,
            reads.list,
            reads.subject,
            items.*
        from outreach.whole_provider_reads as reads
        cross join lateral jsonb_to_recordset(reads.items) as items (
            reference text,
            provider_id text,
            public_identifier text,
            happened_at timestamptz,
            request_sha256 text
        )
        where
            reads.workspace_id = verdicts_after_restore.workspace_id
            and reads.read_id = any(read_ids)

    ),

    known as materialized (

        select
            attempts.account_id,
            attempts.action,
            attempts.provider_reference,
            ledger.request_sha256
        from outreach.attempt_states as attempts
        inner join outreach.send_attempts as ledger
            on
                ledger.workspace_id = verdicts_after_restore.workspace_id
                and attempts.attempt_id = ledger.attempt_id
        where
            attempts.workspace_id = verdicts_after_restore.workspace_id
            and attempts.state <> 'unsent'

    ),

    -- What the owner of an account wrote since the backup, and where.
    texts as materialized (

        select
            items.account_id,
            items.list,
            items.subject,
            items.reference,
            min(items.read_id) as read_id,
            min(items.happened_at) as happened_at,
            array_agg(items.request_sha256) as hashes
        from items
        where
            items.list in ('chat_messages', 'post_comments')
            and coalesce(
                items.happened_at
                >= verdicts_after_restore.since - interval '10 minutes',
                true
            )
            and not exists (
                select 1
                from known
                where
                    known.account_id = items.account_id
                    and known.provider_reference = items.reference
            )
        group by
            items.account_id,
            items.list,
            items.subject,
            items.reference

    ),

    -- An accepted invite's note opens the chat, under an id of its own; and the provider
    -- may have given no id when a text was sent.
    unexplained as materialized (

        select texts.*
        from texts
        where not exists (
            select 1
            from known
            where
                known.account_id = texts.account_id
                and known.request_sha256 = any(texts.hashes)
                and (known.action = 'send_invite' or known.provider_reference is null)
        )

    ),

    chats as materialized (

        select distinct
            items.account_id,
            items.provider_id,
            items.reference as chat_id,
            items.happened_at
        from items
        where items.list = 'chats'

    ),

    -- Where a job's own text would stand.
    places as materialized (

        select
            jobs.job_id,
            'chat_messages' as list,
            chats.chat_id as subject
        from jobs
        inner join chats
            on
                jobs.account_id = chats.account_id
                and jobs.provider_id = chats.provider_id
        where jobs.action in ('send_message', 'send_inmail', 'answer_reply')

        union all

        select
            jobs.job_id,
            'post_comments',
            jobs.social_id
        from jobs
        where jobs.step_action = 'comment'

    ),

    found_people as (

        select distinct on (jobs.job_id)
            jobs.job_id,
            items.list,
            items.read_id,
            items.happened_at,
            items.reference,
            items.provider_id,
            coalesce(
                items.happened_at < verdicts_after_restore.since - case
                    when items.list = 'sent_invitations' then interval '24 hours'
                    else interval '10 minutes'
                end,
                false
            ) as is_older
        from jobs
        inner join items
            on
                jobs.account_id = items.account_id
                and items.list in ('sent_invitations', 'relations')
                and (
                    jobs.provider_id = items.provider_id
                    or jobs.public_identifier = items.public_identifier
                )
        where
            jobs.action in ('send_invite', 'resolve_profile')
            and (jobs.action = 'send_invite' or items.provider_id is not null)
        order by
            jobs.job_id,
            is_older,
            items.list = 'sent_invitations',
            items.read_id

    ),

    -- One text is one job's: the other asks again once the ledger knows it.
    found_texts as (

        select distinct on (texts.account_id, texts.list, texts.reference)
            jobs.job_id,
            texts.list,
            texts.read_id,
            texts.subject,
            texts.reference,
            texts.happened_at
        from jobs
        inner join places on jobs.job_id = places.job_id
        inner join texts
            on
                jobs.account_id = texts.account_id
                and places.list = texts.list
                and places.subject = texts.subject
                and jobs.request_sha256 = any(texts.hashes)
        where jobs.status = 'queued'
        order by
            texts.account_id,
            texts.list,
            texts.reference,
            jobs.job_id

    ),

    first_texts as (

        select distinct on (found_texts.job_id) found_texts.*
        from found_texts
        order by
            found_texts.job_id,
            found_texts.happened_at

    ),

    judged as (

        select
            jobs.*,
            people.list as people_list,
            people.read_id as people_read_id,
            people.happened_at as people_happened_at,
            people.reference as people_reference,
            people.provider_id as people_provider_id,
            people.is_older,
            first_texts.list as text_list,
            first_texts.read_id as text_read_id,
            first_texts.subject as text_subject,
            first_texts.happened_at as text_happened_at,
            first_texts.reference as text_reference,
            exists (
                select 1
                from places
                inner join unexplained
                    on
                        places.list = unexplained.list
                        and places.subject = unexplained.subject
                where
                    places.job_id = jobs.job_id
                    and unexplained.account_id = jobs.account_id
            ) as is_anything_unexplained,
            jobs.step_action = 'send_inmail'
            and exists (
                select 1
                from chats
                where
                    chats.account_id = jobs.account_id
                    and coalesce(
                        chats.happened_at
                        >= verdicts_after_restore.since - interval '10 minutes',
                        true
                    )
                    and not exists (
                        select 1
                        from outreach.prospects
                        where
                            prospects.workspace_id
                            = verdicts_after_restore.workspace_id
                            and prospects.provider_id = chats.provider_id
                    )
            ) as is_anybody_unknown
        from jobs
        left join found_people as people on jobs.job_id = people.job_id
        left join first_texts on jobs.job_id = first_texts.job_id

    ),

    verdicts as (

        select
            judged.*,
            case
                when judged.status = 'parked' then case
                    when
                        judged.is_anything_unexplained
                        or (judged.people_list is not null and not judged.is_older)
                        then 'hold'
                end
                when judged.action = 'send_invite' then case
                    when judged.people_list is null then null
                    when not judged.is_older then 'decided_sent'
                    when judged.people_list = 'relations' then 'already_connected'
                    else 'already_pending'
                end
                when judged.action = 'resolve_profile' then case
                    when judged.people_list is not null
                        then 'profile_found'
                    when judged.is_anything_unexplained or judged.is_anybody_unknown
                        then 'hold'
                end
                when judged.text_reference is not null then 'decided_sent'
                when judged.is_anything_unexplained then 'unknown'
                when judged.action = 'comment' and judged.may_have_been_due
                    then 'unknown'
            end as outcome
        from judged

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
                                verdicts.text_happened_at,
                                verdicts.people_happened_at,
                                verdicts_after_restore.at
                            ),
                            verdicts_after_restore.since
                        ),
                        verdicts_after_restore.at
                    )
            else verdicts_after_restore.at
        end,
        case
            when verdicts.outcome = 'profile_found' then verdicts.people_provider_id
            when verdicts.outcome = 'decided_sent'
                then coalesce(verdicts.text_reference, verdicts.people_reference)
        end,
        case
            when verdicts.text_list = 'chat_messages'
                then jsonb_build_object('chat_id', verdicts.text_subject)
            else '{}'
        end,
        case
            when verdicts.text_reference is not null
                then
                    'found after a restore in read ' || verdicts.text_read_id || ' of '
                    || verdicts.text_list
            when verdicts.people_list is not null
                then
                    'found after a restore in read ' || verdicts.people_read_id
                    || ' of ' || verdicts.people_list
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
