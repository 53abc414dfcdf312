-- Turns a stored walk of an account's relations into events. An incomplete walk also
-- proves the relations that it found. Relations from before the account was linked to
-- trueup become events only if the person is a prospect. Returns the number of new
-- events.
create or replace function outreach.take_in_relations(
    workspace_id bigint,
    read_id bigint,
    received_via text default 'poll'
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    new_events jsonb;
begin
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'account_id', reads.account_id,
                    'event_type', 'new_relation',
                    'subject', coalesce(items.provider_id, items.public_identifier),
                    'provider_id', items.provider_id,
                    'public_identifier', items.public_identifier,
                    'occurred_at', items.happened_at,
                    'received_at', reads.ended_at,
                    'evidence', jsonb_build_object('read_id', reads.read_id),
                    'payload', to_jsonb(items)
                )
            ),
            '[]'
        )
    into new_events
    from outreach.whole_provider_reads as reads
    inner join outreach.provider_accounts
        on
            reads.workspace_id = provider_accounts.workspace_id
            and reads.account_id = provider_accounts.account_id
    cross join lateral jsonb_to_recordset(reads.items) as items (
        provider_id text,
        public_identifier text,
        happened_at timestamptz
    )
    where
        reads.workspace_id = take_in_relations.workspace_id
        and reads.read_id = take_in_relations.read_id
        and reads.list = 'relations'
        and (
            items.happened_at >= provider_accounts.linked_at
            or exists (
                select 1
                from outreach.prospects
                where
                    prospects.workspace_id = take_in_relations.workspace_id
                    and prospects.provider_id = items.provider_id
            )
            or exists (
                select 1
                from outreach.prospects
                where
                    prospects.workspace_id = take_in_relations.workspace_id
                    and prospects.public_identifier = items.public_identifier
            )
        );

    return outreach.record_linkedin_events(
        take_in_relations.workspace_id, take_in_relations.received_via, new_events
    );
end
$$;
