-- The stored marts without any row whose first row could be built: the tables that it
-- comes from have one. Between the first row and the next hourly build of a new
-- installation, a question of an analyst would have no answer. The marts must be built.
create or replace function outreach.marts_before_their_first_row()
returns setof text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select 1 from analytics.accounts)
        and exists (select 1 from outreach.linkedin_accounts)
    then
        return next 'accounts';
    end if;

    if not exists (select 1 from analytics.campaigns)
        and exists (select 1 from outreach.campaigns)
    then
        return next 'campaigns';
    end if;

    if not exists (select 1 from analytics.enrollments)
        and exists (select 1 from outreach.campaign_prospects)
    then
        return next 'enrollments';
    end if;

    if not exists (select 1 from analytics.sends)
        and exists (
            select 1
            from outreach.campaign_events as events
            where
                events.counted_on is not null
                -- Look-ups are no sends.
                and outreach.contacts_person(events.action)
        )
    then
        return next 'sends';
    end if;

    if not exists (select 1 from analytics.replies)
        and exists (
            select 1
            from outreach.campaign_prospects as enrollments
            where enrollments.linkedin_status = 'replied'
        )
    then
        return next 'replies';
    end if;
end
$$;
