-- Lets a list of an account's jobs start at a moment at the latest: a job stands there
-- now. Locks the list's row against a claim that would move its start past a job which
-- it cannot see yet (outreach.raise_queue_starts); those who only queue never wait for
-- one another.
create or replace function outreach.show_in_queue(
    workspace_id bigint,
    account_id bigint,
    list text,
    at timestamptz
)
returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    starts_at timestamptz;
begin
    -- Who waited for another to make the row has it to lock as well.
    loop
        select starts.starts_at
        into starts_at
        from outreach.send_queue_starts as starts
        where
            starts.workspace_id = show_in_queue.workspace_id
            and starts.account_id = show_in_queue.account_id
            and starts.list = show_in_queue.list
        for key share;

        exit when found;

        insert into outreach.send_queue_starts (
            workspace_id, account_id, list, starts_at
        )
        values (
            show_in_queue.workspace_id, show_in_queue.account_id,
            show_in_queue.list, '-infinity'
        )
        on conflict do nothing;
    end loop;

    if starts_at > show_in_queue.at then
        update outreach.send_queue_starts as starts
        set starts_at = show_in_queue.at
        where
            starts.workspace_id = show_in_queue.workspace_id
            and starts.account_id = show_in_queue.account_id
            and starts.list = show_in_queue.list
            and starts.starts_at > show_in_queue.at;
    end if;
end
$$;
