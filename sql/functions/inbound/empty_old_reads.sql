-- Deletes the items of a workspace's old reads of the provider's lists. The rows stay,
-- with their times and completeness. The default age is longer than the period of any
-- figure. A read that may still decide an unanswered send keeps its items, because an
-- empty complete read would prove absence. Returns the number of emptied reads.
create or replace function outreach.empty_old_reads(
    workspace_id bigint,
    as_of timestamptz default null,
    kept_for interval default interval '180 days'
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    emptied_before constant timestamptz := at - kept_for;
    emptied_count bigint;
begin
    with

    waiting as (

        select
            unanswered.account_id,
            min(unanswered.begun_at) as begun_at
        from outreach.unanswered_attempts(
            empty_old_reads.workspace_id, null, at
        ) as unanswered
        group by unanswered.account_id

    )

    update outreach.provider_reads as reads
    set
        items = '[]',
        items_emptied_at = at
    where
        reads.workspace_id = empty_old_reads.workspace_id
        and reads.ended_at < emptied_before
        and reads.items_emptied_at is null
        and reads.items <> '[]'
        and not exists (
            select 1
            from waiting
            where
                waiting.account_id = reads.account_id
                and waiting.begun_at <= reads.ended_at
        );

    get diagnostics emptied_count = row_count;

    return emptied_count;
end
$$;
