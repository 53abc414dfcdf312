-- Decides an account's unanswered attempts by the stored reads of the provider's lists.
-- One row for each attempt that they decide. An item that a read found, if the read
-- began after the attempt and even if it is not complete, proves that the attempt was
-- sent. If the item is dated before the attempt, another call or a person made it: the
-- invite is pending, or the person connected, already. The provider dates invitations
-- by days ("2 days ago"), so an invitation must be dated a whole day before. An absent
-- invite is decided by outreach.absent_invites(). An absent message or comment proves
-- nothing, because people delete them. The reference of an InMail is its chat.
create or replace function outreach.verdicts_of_reads(
    workspace_id bigint,
    account_id bigint,
    as_of timestamptz
)
returns table (
    attempt_id bigint,
    outcome text,
    detail text,
    provider_reference text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    attempts as materialized (

        select unanswered.*
        from outreach.unanswered_attempts(
            verdicts_of_reads.workspace_id, verdicts_of_reads.account_id,
            verdicts_of_reads.as_of
        ) as unanswered

    ),

    reads as materialized (

        select provider_reads.*
        from outreach.whole_provider_reads as provider_reads
        where
            provider_reads.workspace_id = verdicts_of_reads.workspace_id
            and provider_reads.account_id = verdicts_of_reads.account_id
            and provider_reads.started_at
            >= (select min(attempts.begun_at) from attempts)
            and provider_reads.started_at <= verdicts_of_reads.as_of

    ),

    found as (

        select distinct on (attempts.attempt_id)
            attempts.attempt_id,
            reads.read_id,
            reads.list,
            items.happened_at,
            case attempts.action
                when 'send_inmail' then reads.subject else items.reference
            end as reference,
            coalesce(
                items.happened_at < attempts.begun_at - case
                    when reads.list = 'sent_invitations' then interval '24 hours'
                    else interval '10 minutes'
                end,
                false
            ) as is_older
        from attempts
        inner join reads on attempts.begun_at <= reads.started_at
        cross join lateral jsonb_to_recordset(reads.items) as items (
            reference text,
            provider_id text,
            public_identifier text,
            happened_at timestamptz,
            request_sha256 text
        )
        where
            (
                attempts.action = 'send_invite'
                and reads.list in ('sent_invitations', 'relations')
                and (
                    items.provider_id = attempts.recipient_provider_id
                    or items.public_identifier = attempts.recipient_public_identifier
                )
            )
            or (
                attempts.action in ('send_message', 'send_inmail', 'comment')
                and reads.list in ('chat_messages', 'post_comments')
                and items.request_sha256 = attempts.request_sha256
                and items.happened_at >= attempts.begun_at - interval '10 minutes'
            )
        order by
            attempts.attempt_id,
            is_older,
            reads.list = 'sent_invitations',
            reads.read_id

    ),

    absent as (

        select
            invites.*,
            array_to_string(invites.read_ids, ', ') as reads_without_it
        from outreach.absent_invites(
            verdicts_of_reads.workspace_id, verdicts_of_reads.account_id,
            verdicts_of_reads.as_of
        ) as invites
        where invites.verdict is not null

    )

    select
        attempts.attempt_id,
        case
            when found.is_older and found.list = 'relations' then 'already_connected'
            when found.is_older then 'already_pending'
            when found.attempt_id is not null then 'decided_sent'
            else absent.verdict
        end as outcome,
        case
            when found.attempt_id is not null
                then
                    'found in read ' || found.read_id || ' of ' || found.list
                    || coalesce(
                        ', dated '
                        || to_char(
                            found.happened_at at time zone 'UTC',
                            'YYYY-MM-DD HH24:MI UTC'
                        ),
                        ''
                    )
            when absent.verdict = 'decided_sent'
                then 'found in read ' || absent.profile_read_id || ' of the profile'
            else
                'absent from reads ' || absent.reads_without_it || ' of pending '
                || 'invitations and relations, and from the profile in read '
                || absent.profile_read_id || ', all complete'
        end as detail,
        case when not found.is_older then found.reference end as provider_reference
    from attempts
    left join found on attempts.attempt_id = found.attempt_id
    left join absent on attempts.attempt_id = absent.attempt_id
    where
        found.attempt_id is not null
        or absent.attempt_id is not null;
end
$$;
