-- Since when the messages of these accounts are to be read, one row for each that is
-- linked to the provider: since they were read until, with a margin for messages that the
-- provider stores late, an hour in version 1. is_behind: an account was never read, or not
-- since it was connected or got another id or address at the provider. The provider then
-- tells what it had missed, so a week is read at least, all since the last read, and all
-- since the account was last connected with all its products, because the inbox of one
-- that did not run was not read. At first, all since the first of its sends to people who
-- are still under way.
create or replace function outreach.messages_read_since(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (account_id bigint, read_since timestamptz, is_behind boolean)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        marks.account_id,
        case
            when marks.read_until > marks.changed_at then marks.read_until - marks.margin
            else least(
                messages_read_since.at - interval '168 hours',
                nullif(marks.read_until, '-infinity') - interval '1 hour',
                case
                    when
                        marks.read_until <= marks.connected_at
                        and marks.read_until > '-infinity'
                        then marks.left_at - interval '1 hour'
                end,
                awaited.first_sent_at - interval '1 hour'
            )
        end,
        marks.read_until <= marks.changed_at
    from (
        select
            linked.account_id,
            coalesce(polls.read_until, '-infinity') as read_until,
            flips.connected_at,
            flips.left_at,
            coalesce(
                greatest(flips.connected_at, links.linked_at), '-infinity'
            ) as changed_at,
            case
                when linked.provider_version = 1 then interval '1 hour'
                else interval '5 minutes'
            end as margin
        from unnest(messages_read_since.account_ids) as asked (account_id)
        inner join outreach.provider_accounts as linked
            on
                linked.workspace_id = messages_read_since.workspace_id
                and asked.account_id = linked.account_id
        left join outreach.reply_polls as polls
            on
                polls.workspace_id = messages_read_since.workspace_id
                and asked.account_id = polls.account_id
        left join lateral (
            select
                max(audit.flipped_at) filter (
                    where audit.to_status in ('connected', 'degraded', 'partial')
                ) as connected_at,
                max(audit.flipped_at) filter (
                    where audit.from_status = 'connected'
                ) as left_at
            from outreach.linkedin_account_status_audit as audit
            where
                audit.workspace_id = messages_read_since.workspace_id
                and audit.account_id = linked.account_id
                and audit.flipped_at <= messages_read_since.at
        ) as flips on true
        left join lateral (
            select max(provider_account_links.linked_at) as linked_at
            from outreach.provider_account_links
            where
                provider_account_links.workspace_id = messages_read_since.workspace_id
                and provider_account_links.account_id = linked.account_id
                and provider_account_links.linked_at <= messages_read_since.at
        ) as links on true
    ) as marks
    left join lateral (
        select min(attempts.begun_at) as first_sent_at
        from outreach.campaign_prospects as enrollments
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = messages_read_since.workspace_id
                and enrollments.enrollment_id = attempts.enrollment_id
                and enrollments.account_id = attempts.account_id
        where
            marks.read_until = '-infinity'
            and enrollments.workspace_id = messages_read_since.workspace_id
            and enrollments.account_id = marks.account_id
            and outreach.is_under_way(enrollments.linkedin_status)
        offset 0 -- looked up for accounts that were never read only
    ) as awaited on true;
end
$$;
