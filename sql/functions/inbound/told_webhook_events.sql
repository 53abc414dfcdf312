-- What the sound subscriptions of a provider's list tell us: a row for each of their
-- events that we want, with the provider's ids of the accounts that it is for
-- (outreach.is_told_of). items: of a complete read (outreach.provider_wide_reads). A
-- subscription that shows no events tells nothing.
create or replace function outreach.told_webhook_events(items jsonb)
returns table (wanted_event text, provider_account_ids jsonb)
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        names.wanted_event,
        subscribed.item -> 'account_ids'
    from jsonb_array_elements(items) as subscribed (item)
    cross join lateral jsonb_path_query(subscribed.item, '$.events[*]')
    as told (event)
    inner join outreach.provider_webhook_events as names
        on lower(told.event #>> '{}') = names.event
    where subscribed.item ->> 'is_sound' = 'true';
end
$$;
