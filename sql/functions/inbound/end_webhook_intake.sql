-- Removes messages from the inbox whose replies are recorded: those that were taken in
-- before outreach.record_replies() ran for their workspaces. Returns their number.
create or replace function outreach.end_webhook_intake(delivery_ids bigint [])
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    removed_count bigint;
begin
    delete from outreach.linkedin_webhook_inbox as inbox
    where
        inbox.delivery_id = any(end_webhook_intake.delivery_ids)
        and inbox.taken_in_at is not null;

    get diagnostics removed_count = row_count;

    return removed_count;
end
$$;
