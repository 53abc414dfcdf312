-- The accounts whose invites with a note are held at a moment, by a hold or a limit on
-- send_invite_with_note, and until when. What holds all invites is asked by itself.
-- tells_when: see outreach.action_gates.
create or replace function outreach.held_notes(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz,
    tells_when boolean default true
)
returns table (
    account_id bigint,
    blocker text,
    lifts_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    limited_account_ids bigint [];
begin
    limited_account_ids := array(
        select asked.account_id
        from unnest(account_ids) as asked (account_id)
        where
            exists (
                select 1
                from outreach.linkedin_account_limits as limits
                where
                    limits.workspace_id = held_notes.workspace_id
                    and limits.account_id = asked.account_id
                    and limits.action = 'send_invite_with_note'
            )
            or exists (
                select 1
                from outreach.linkedin_account_holds as holds
                where
                    holds.workspace_id = held_notes.workspace_id
                    and holds.account_id = asked.account_id
                    and holds.action = 'send_invite_with_note'
                    and holds.held_until > held_notes.at
            )
    );

    if limited_account_ids = '{}' then
        return;
    end if;

    return query
    select
        gates.account_id,
        gates.blocker,
        gates.lifts_at
    from outreach.action_gates(
        held_notes.workspace_id, limited_account_ids,
        array_fill(
            'send_invite_with_note'::text, array[cardinality(limited_account_ids)]
        ),
        held_notes.at, held_notes.tells_when
    ) as gates
    where gates.blocker is not null;
end
$$;
