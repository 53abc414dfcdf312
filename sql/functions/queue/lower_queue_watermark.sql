-- Lets a list of an account's jobs start at a moment at the latest: a job stands there
-- now. Locks the list's row against a claim that would move its start past a job which
-- it cannot see yet (outreach.raise_queue_watermarks); those who only queue never wait for
-- one another.
create or replace function outreach.lower_queue_watermark(
    workspace_id bigint,
    account_id bigint,
    list text,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    watermark_at timestamptz;
begin
    -- Who waited for another to make the row has it to lock as well.
    loop
        select watermarks.watermark_at
        into watermark_at
        from outreach.send_queue_watermarks as watermarks
        where
            watermarks.workspace_id = lower_queue_watermark.workspace_id
            and watermarks.account_id = lower_queue_watermark.account_id
            and watermarks.list = lower_queue_watermark.list
        for key share;

        exit when found;

        insert into outreach.send_queue_watermarks (
            workspace_id, account_id, list, watermark_at
        )
        values (
            lower_queue_watermark.workspace_id, lower_queue_watermark.account_id,
            lower_queue_watermark.list, '-infinity'
        )
        on conflict do nothing;
    end loop;

    if watermark_at > lower_queue_watermark.at then
        update outreach.send_queue_watermarks as watermarks
        set watermark_at = lower_queue_watermark.at
        where
            watermarks.workspace_id = lower_queue_watermark.workspace_id
            and watermarks.account_id = lower_queue_watermark.account_id
            and watermarks.list = lower_queue_watermark.list
            and watermarks.watermark_at > lower_queue_watermark.at;
    end if;
end
$$;
