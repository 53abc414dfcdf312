-- The newest accepts of people who wrote nothing to the account, the newest first. A
-- person who accepted for several campaigns of the account is one row, with the newest
-- accept.
-- since, before: accepts outside these moments are left out; null for no bound. At least
-- most_rows, if there are that many: some have the same moment, so the caller sorts and
-- cuts them.
create or replace function outreach.accepts_without_message(
    workspace_id bigint,
    of_account_id bigint,
    most_rows integer,
    before timestamptz,
    since timestamptz
)
returns table (account_id bigint, person text, accepted_at timestamptz)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        enrollments.account_id,
        prospects.provider_id as person,
        enrollments.linkedin_accepted_at as accepted_at
    from outreach.campaign_prospects as enrollments
    inner join outreach.prospects
        on
            prospects.workspace_id = accepts_without_message.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
            and prospects.provider_id is not null
    where
        enrollments.workspace_id = accepts_without_message.workspace_id
        and enrollments.linkedin_accepted_at is not null
        and (
            of_account_id is null
            or enrollments.account_id = of_account_id
        )
        and not exists (
            select 1
            from outreach.campaign_prospects as later
            where
                later.workspace_id = accepts_without_message.workspace_id
                and later.prospect_id = enrollments.prospect_id
                and later.account_id = enrollments.account_id
                and (later.linkedin_accepted_at, later.enrollment_id)
                > (enrollments.linkedin_accepted_at, enrollments.enrollment_id)
        )
        and not exists (
            select 1
            from outreach.linkedin_events as messages
            where
                messages.workspace_id = accepts_without_message.workspace_id
                and messages.account_id = enrollments.account_id
                and messages.provider_id = prospects.provider_id
                and messages.event_type = 'message_received'
        )
        and (since is null or enrollments.linkedin_accepted_at >= since)
        and (before is null or enrollments.linkedin_accepted_at <= before)
    order by enrollments.linkedin_accepted_at desc
    limit most_rows + 1000;
end
$$;
