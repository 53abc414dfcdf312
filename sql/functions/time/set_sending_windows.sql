-- Replaces all sending windows of an account at once; the list is one like
-- [{"weekday": 1, "opens": "09:00", "closes": "24:00"}], weekday 1 is Monday.
-- Returns the number of windows. Nothing changes if a window is refused.
create or replace function outreach.set_sending_windows(
    workspace_id bigint,
    account_id bigint,
    windows jsonb
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted outreach.linkedin_account_sending_windows [];
    overlap record;
begin
    if jsonb_typeof(set_sending_windows.windows) is distinct from 'array'
        or set_sending_windows.windows = '[]'
    then
        raise exception 'LinkedIn account % of workspace % needs at least one '
            'sending window', set_sending_windows.account_id,
            set_sending_windows.workspace_id
            using
                errcode = 'invalid_parameter_value',
                hint = 'Give a list of at least one window; to stop its sends, pause '
                || 'the account.';
    end if;

    perform outreach.lock_account(
        set_sending_windows.workspace_id, set_sending_windows.account_id
    );

    select
        array_agg(
            outreach.read_sending_window(
                set_sending_windows.workspace_id, set_sending_windows.account_id,
                elements.element, elements.ordinal
            )
            order by elements.ordinal
        )
    into wanted
    from jsonb_array_elements(set_sending_windows.windows)
    with ordinality as elements (element, ordinal);

    select pairs.*
    into overlap
    from outreach.overlapping_windows(wanted) as pairs;

    if found then
        raise exception
            'LinkedIn account % of workspace % would have two windows at once on '
            'weekday %: % to % and % to %',
            set_sending_windows.account_id, set_sending_windows.workspace_id,
            overlap.weekday, overlap.opens, overlap.closes, overlap.next_opens,
            overlap.next_closes
            using
                errcode = 'check_violation',
                hint = 'Merge them, or close one before the other opens.';
    end if;

    delete from outreach.linkedin_account_sending_windows as stored
    where
        stored.workspace_id = set_sending_windows.workspace_id
        and stored.account_id = set_sending_windows.account_id;

    insert into outreach.linkedin_account_sending_windows (
        workspace_id, account_id, weekday, opens, closes
    )
    select
        new_windows.workspace_id,
        new_windows.account_id,
        new_windows.weekday,
        new_windows.opens,
        new_windows.closes
    from unnest(wanted) as new_windows;

    return cardinality(wanted);
end
$$;
