-- The actions of the queues into which jobs of these lists may come, in an order of their
-- own. An invite that needs its note asks the gates of all invites too.
-- lists: null for every action.
create or replace function outreach.simulated_actions(lists text [] default null)
returns text []
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return array(
        select known.action
        from unnest(
            array[
                'resolve_profile', 'send_invite', 'send_invite_with_note',
                'send_message', 'send_inmail', 'comment', 'end_wait', 'withdraw_invite'
            ]
        ) with ordinality as known (action, number)
        where
            lists is null
            or known.action = any(lists)
            or known.action || '_with_note' = any(lists)
        order by known.number
    );
end
$$;
