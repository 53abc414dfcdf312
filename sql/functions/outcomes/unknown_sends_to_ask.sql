-- Unanswered and unproven attempts to look up at the provider now: lost 15 minutes ago
-- or more, by an account that may act (the provider's lists of other accounts are not
-- current). Two complete reads, or for an invite a complete read of the profile after
-- them, are enough; an attempt that they do not decide waits for a person.
create or replace function outreach.unknown_sends_to_ask(
    workspace_id bigint,
    as_of timestamptz
)
returns table (
    account_id bigint,
    attempt_id bigint,
    action text,
    provider_account_id text,
    linkedin_identity text,
    recipient_provider_id text,
    social_id text,
    sent_as text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        attempts.account_id,
        attempts.attempt_id,
        attempts.action,
        attempts.provider_account_id,
        attempts.linkedin_identity,
        attempts.recipient_provider_id,
        attempts.social_id,
        attempts.sent_as
    from outreach.unanswered_attempts(
        unknown_sends_to_ask.workspace_id, null, unknown_sends_to_ask.as_of
    ) as attempts
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = unknown_sends_to_ask.workspace_id
            and attempts.account_id = accounts.account_id
            and outreach.may_use_product(
                accounts.status, accounts.product_states, 'classic'
            )
    where
        attempts.lost_at <= unknown_sends_to_ask.as_of - interval '15 minutes'
        and attempts.provider_account_id is not null
        and (
            select count(*)
            from outreach.provider_reads as reads
            where
                reads.workspace_id = unknown_sends_to_ask.workspace_id
                and reads.account_id = attempts.account_id
                and reads.list = case attempts.action
                    when 'send_invite' then 'profile'
                    when 'comment' then 'post_comments'
                    else 'chats'
                end
                and reads.subject = case attempts.action
                    when 'send_invite' then attempts.recipient_provider_id
                    when 'comment' then attempts.social_id
                    else 'unknown_sends'
                end
                and reads.is_complete
                and reads.started_at >= attempts.lost_at + interval '15 minutes'
        ) < case attempts.action when 'send_invite' then 1 else 2 end
    order by
        attempts.account_id,
        attempts.attempt_id;
end
$$;
