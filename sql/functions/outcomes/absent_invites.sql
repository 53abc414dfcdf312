-- Unanswered invites of an account that are absent from the provider's lists, one row
-- each: from two complete reads of the pending invitations and two of the relations, all
-- begun 15 minutes or more after the answer was lost. An invite that was declined, or
-- withdrawn by hand, is absent from both lists too: the profile is read before a verdict.
-- verdict: decided_unsent if the profile shows neither a connection nor any invitation
-- of the account, and no accept or withdrawal is known since the call; decided_sent if it
-- shows a connection or a pending invitation; null if the profile has not been read, or
-- if a person has to decide.
-- profile_read_id: null until one is complete.
create or replace function outreach.absent_invites(
    workspace_id bigint,
    account_id bigint,
    as_of timestamptz
)
returns table (
    attempt_id bigint,
    recipient_provider_id text,
    read_ids bigint [],
    profile_read_id bigint,
    verdict text
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

        select
            unanswered.*,
            begun.prospect_id
        from outreach.unanswered_attempts(
            absent_invites.workspace_id, absent_invites.account_id, as_of
        ) as unanswered
        inner join outreach.send_attempts as begun
            on
                begun.workspace_id = absent_invites.workspace_id
                and unanswered.attempt_id = begun.attempt_id
        where unanswered.is_unknown and unanswered.action = 'send_invite'

    ),

    reads as materialized (

        select
            provider_reads.read_id,
            provider_reads.list,
            provider_reads.subject,
            provider_reads.started_at
        from outreach.provider_reads
        where
            provider_reads.workspace_id = absent_invites.workspace_id
            and provider_reads.account_id = absent_invites.account_id
            and provider_reads.list in ('sent_invitations', 'relations', 'profile')
            and provider_reads.is_complete
            -- A read whose items were deleted does not prove absence.
            and provider_reads.items_emptied_at is null
            and provider_reads.started_at
            >= (select min(attempts.lost_at) from attempts) + interval '15 minutes'
            and provider_reads.started_at <= absent_invites.as_of

    ),

    absent as (

        select
            attempts.attempt_id,
            array_agg(reads.read_id order by reads.read_id) as read_ids
        from attempts
        inner join reads
            on
                attempts.lost_at + interval '15 minutes' <= reads.started_at
                and reads.list in ('sent_invitations', 'relations')
        group by attempts.attempt_id
        having
            count(*) filter (where reads.list = 'sent_invitations') >= 2
            and count(*) filter (where reads.list = 'relations') >= 2

    )

    select
        attempts.attempt_id,
        attempts.recipient_provider_id,
        absent.read_ids,
        profiles.read_id,
        case
            when profiles.is_connected or profiles.invitation_status = 'PENDING'
                then 'decided_sent'
            when
                profiles.read_id is not null
                and profiles.invitation_status is null
                and not exists (
                    select 1
                    from outreach.accept_signals as signals
                    where
                        signals.workspace_id = absent_invites.workspace_id
                        and signals.account_id = absent_invites.account_id
                        and (
                            signals.person = attempts.recipient_provider_id
                            or attempts.recipient_public_identifier = signals.public_identifier
                        )
                        and signals.observed_at >= attempts.begun_at
                )
                and not exists (
                    select 1
                    from outreach.send_attempts as withdrawals
                    where
                        withdrawals.workspace_id = absent_invites.workspace_id
                        and withdrawals.account_id = absent_invites.account_id
                        and withdrawals.action = 'withdraw_invite'
                        and withdrawals.begun_at >= attempts.begun_at
                        and withdrawals.prospect_id = attempts.prospect_id
                        and outreach.state_of_means(
                            array(
                                select outcomes.means
                                from outreach.send_attempt_outcomes as outcomes
                                where (outcomes.workspace_id, outcomes.attempt_id)
                                = (absent_invites.workspace_id, withdrawals.attempt_id)
                            )
                        ) <> 'unsent'
                )
                then 'decided_unsent'
        end
    from attempts
    inner join absent on attempts.attempt_id = absent.attempt_id
    left join lateral (
        select
            reads.read_id,
            (whole.items -> 0 ->> 'is_connected')::boolean as is_connected,
            whole.items -> 0 ->> 'invitation_status' as invitation_status
        from reads
        inner join outreach.whole_provider_reads as whole
            on
                whole.workspace_id = absent_invites.workspace_id
                and reads.read_id = whole.read_id
        where
            reads.list = 'profile'
            and reads.subject = attempts.recipient_provider_id
            and attempts.lost_at + interval '15 minutes' <= reads.started_at
        order by reads.read_id desc
        limit 1
    ) as profiles on true
    order by attempts.attempt_id;
end
$$;
