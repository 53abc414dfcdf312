-- Empties raw columns of a workspace that are older than their retention_bounds. Rows and
-- hashes of what was emptied stay. Kept beyond the bound are
-- - the answer of a job that is sending or unknown;
-- - reads that ended after the begin of an attempt which is unanswered or being made:
--   they may decide it, and an emptied read looks as if it had found nobody;
-- - the newest complete read of each list, which shows what is absent now.
-- One call empties at most most_rows of each column, the oldest first, so that its
-- transaction is short. The caller repeats it until less is emptied. Only the owner may
-- update these tables. Returns the number of rows and their bytes as stored.
create or replace function outreach.empty_raw_columns(
    workspace_id bigint,
    as_of timestamptz default null,
    most_rows bigint default 10000
)
returns table (what text, row_count bigint, byte_count bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    outcomes_before constant timestamptz
    := outreach.retention_bound('send_attempt_outcomes.raw_response', at);
    reads_before constant timestamptz
    := outreach.retention_bound('provider_reads.items', at);
    reports_before constant timestamptz
    := outreach.retention_bound('heal_reports.proof', at);
begin
    what := 'send_attempt_outcomes.raw_response';

    with

    old as (

        select
            outcomes.outcome_id,
            encode(sha256(convert_to(outcomes.raw_response, 'UTF8')), 'hex') as hash,
            pg_column_size(outcomes.raw_response) as bytes
        from outreach.send_attempt_outcomes as outcomes
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = empty_raw_columns.workspace_id
                and outcomes.attempt_id = attempts.attempt_id
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = empty_raw_columns.workspace_id
                and attempts.job_id = jobs.job_id
        where
            outcomes.workspace_id = empty_raw_columns.workspace_id
            and outcomes.recorded_at < outcomes_before
            and outcomes.raw_response is not null
            and jobs.status not in ('sending', 'unknown')
        order by outcomes.outcome_id
        limit most_rows

    ),

    emptied as (

        update outreach.send_attempt_outcomes as outcomes
        set
            raw_response = null,
            raw_response_sha256 = old.hash,
            raw_response_emptied_at = at
        from old
        where
            outcomes.workspace_id = empty_raw_columns.workspace_id
            and outcomes.outcome_id = old.outcome_id
        returning old.bytes

    )

    select
        count(*),
        coalesce(sum(emptied.bytes), 0)
    into
        row_count,
        byte_count
    from emptied;

    return next;

    what := 'provider_reads.items';

    with

    waiting as (

        select
            unanswered.account_id,
            unanswered.begun_at
        from outreach.unanswered_attempts(
            empty_raw_columns.workspace_id, null, at
        ) as unanswered
        union all
        select
            attempts.account_id,
            attempts.begun_at
        from outreach.campaign_send_jobs as jobs
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = empty_raw_columns.workspace_id
                and jobs.job_id = attempts.job_id
        where
            jobs.workspace_id = empty_raw_columns.workspace_id
            and jobs.status = 'sending'

    ),

    old as (

        select
            reads.read_id,
            encode(sha256(convert_to(reads.items::text, 'UTF8')), 'hex') as hash,
            pg_column_size(reads.items) as bytes
        from outreach.provider_reads as reads
        where
            reads.workspace_id = empty_raw_columns.workspace_id
            and reads.ended_at < reads_before
            and reads.items is not null
            and not exists (
                select 1
                from waiting
                where
                    waiting.account_id = reads.account_id
                    and waiting.begun_at <= reads.ended_at
            )
            and (
                not reads.is_complete
                or exists (
                    select 1
                    from outreach.provider_reads as newer
                    where
                        newer.workspace_id = empty_raw_columns.workspace_id
                        and newer.account_id = reads.account_id
                        and newer.list = reads.list
                        and newer.subject is not distinct from reads.subject
                        and newer.is_complete
                        and (newer.started_at, newer.read_id)
                        > (reads.started_at, reads.read_id)
                )
            )
        order by reads.read_id
        limit most_rows

    ),

    emptied as (

        update outreach.provider_reads as reads
        set
            items = null,
            items_sha256 = old.hash,
            items_emptied_at = at
        from old
        where
            reads.workspace_id = empty_raw_columns.workspace_id
            and reads.read_id = old.read_id
        returning old.bytes

    )

    select
        count(*),
        coalesce(sum(emptied.bytes), 0)
    into
        row_count,
        byte_count
    from emptied;

    return next;

    what := 'heal_reports.proof';

    with

    old as (

        select
            reports.report_id,
            encode(sha256(convert_to(reports.proof, 'UTF8')), 'hex') as hash,
            pg_column_size(reports.proof) as bytes
        from outreach.heal_reports as reports
        where
            reports.workspace_id = empty_raw_columns.workspace_id
            and reports.reported_at < reports_before
            and reports.proof is not null
        order by reports.report_id
        limit most_rows

    ),

    emptied as (

        update outreach.heal_reports as reports
        set
            proof = null,
            proof_sha256 = old.hash,
            proof_emptied_at = at
        from old
        where
            reports.workspace_id = empty_raw_columns.workspace_id
            and reports.report_id = old.report_id
        returning old.bytes

    )

    select
        count(*),
        coalesce(sum(emptied.bytes), 0)
    into
        row_count,
        byte_count
    from emptied;

    return next;
end
$$;
