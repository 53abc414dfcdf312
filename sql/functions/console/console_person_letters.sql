-- What was sent to a person and what they wrote, by whatever account: lines of
-- outreach.console_person_timeline(), in no order. A message that the provider told of
-- and that a send explains is a part of that send's line. Security definer: the console
-- reads it, without rights to its tables.
create or replace function outreach.console_person_letters(
    in_workspace_id bigint,
    in_prospect_id bigint
)
returns table (
    happened_at timestamptz,
    kind text,
    seq bigint,
    what text,
    is_own boolean,
    account_id bigint,
    campaign_id bigint,
    step_id bigint,
    variant text,
    body text,
    state text,
    proof text,
    reference text,
    actor text,
    detail text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    known_id constant text := (
        select prospects.provider_id
        from outreach.prospects
        where
            prospects.workspace_id = in_workspace_id
            and prospects.prospect_id = in_prospect_id
    );
    -- Apart from the query below: Citus runs a query that reads a table where the
    -- workspace is, and the marts that the sends are read from are not there.
    told constant outreach.linkedin_events [] := array(
        select row(events.*)::outreach.linkedin_events
        from outreach.linkedin_events as events
        where
            events.workspace_id = in_workspace_id
            and events.provider_id = known_id
            and events.event_type in ('message_received', 'message_sent')
    );
begin
    return query
    with

    sends as materialized (

        select
            known.*,
            coalesce(notes.message_reference, known.reference) as told_as
        from outreach.console_person_sends(in_workspace_id, in_prospect_id) as known
        left join outreach.told_invite_notes(in_workspace_id, known_id) as notes
            on known.attempt_id = notes.attempt_id

    ),

    messages as materialized (

        select *
        from unnest(told)

    )

    select
        sends.happened_at,
        'send'::text as kind,
        sends.attempt_id as seq,
        case when sends.asked_by is null then sends.action else 'answer' end as what,
        true as is_own,
        sends.account_id,
        sends.campaign_id,
        sends.step_id,
        sends.variant,
        coalesce(sends.body, messages.payload ->> 'message') as body,
        sends.state,
        sends.proof,
        sends.reference,
        sends.asked_by as actor,
        case when sends.state <> 'sent' then sends.answered_class end as detail
    from sends
    left join messages
        on
            sends.account_id = messages.account_id
            and sends.told_as = messages.provider_reference
            and messages.event_type = 'message_sent'

    union all

    select
        coalesce(messages.occurred_at, messages.received_at),
        'message',
        messages.event_id,
        case
            when messages.event_type = 'message_sent' then 'written'
            else 'received'
        end,
        messages.event_type = 'message_sent',
        messages.account_id,
        null::bigint,
        null::bigint,
        null::text,
        messages.payload ->> 'message',
        null::text,
        null::text,
        messages.provider_reference,
        null::text,
        null::text
    from messages
    where
        not exists (
            select 1
            from sends
            where
                sends.account_id = messages.account_id
                and sends.told_as = messages.provider_reference
                and messages.event_type = 'message_sent'
        );
end
$$;

revoke execute on function outreach.console_person_letters(bigint, bigint) from public;
grant execute on function outreach.console_person_letters(bigint, bigint) to console;
