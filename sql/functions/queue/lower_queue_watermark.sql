-- Lowers the start of a list of an account's jobs to the time of a new job. Locks the
-- list's row against a claim that would raise the start above a job that it cannot see
-- yet (outreach.raise_queue_watermarks); sessions that only queue jobs do not block
-- each other.
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
    -- A session that waited for another one to insert the row must lock it too.
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
