-- Judges claimed and rendered jobs (outreach.refusals_to_send), writes an attempt for
-- each of them that may begin, and adds to the accounts' daily counters unless the action
-- is no send. The triggers on send_attempts check it all again, and refuse the
-- statement (23514) if a limit is reached. The caller holds the accounts' locks.
-- rendered: see outreach.begin_send_attempts.
-- One row a job: attempt_id, or why there is none; a wait that timed out has neither.
create or replace function outreach.write_send_attempts(
    workspace_id bigint,
    worker text,
    rendered jsonb,
    at timestamptz
)
returns table (
    job_id bigint,
    attempt_id bigint,
    job outreach.campaign_send_jobs,
    refusal text,
    sender_does text
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    verdicts as materialized (

        select
            refusals.*,
            (refusals.send).job_id as job_id,
            refusals.refusal is null
            and (refusals.job).action <> 'end_wait' as is_begun
        from outreach.refusals_to_send(
            write_send_attempts.workspace_id, worker, rendered, at
        ) as refusals

    ),

    begun as (

        insert into outreach.send_attempts (
            workspace_id, job_id, enrollment_id, campaign_id, step_id, prospect_id,
            account_id, action, answer_id, variant, worker, begun_at,
            provider_account_id, recipient_provider_id,
            request_sha256, validation_stamps, has_note,
            counted_on, timezone, window_weekday, window_opens, window_closes,
            limit_per_day, limit_per_week, limit_per_month, limit_outstanding,
            minimum_gap, note_limit_per_week, note_limit_per_month
        )
        select
            write_send_attempts.workspace_id, verdicts.job_id,
            (verdicts.job).enrollment_id, (verdicts.job).campaign_id,
            (verdicts.job).step_id, verdicts.prospect_id, (verdicts.job).account_id,
            outreach.limited_action((verdicts.job).action), (verdicts.job).answer_id,
            (verdicts.send).variant, write_send_attempts.worker, at,
            verdicts.provider_account_id, verdicts.recipient_provider_id,
            (verdicts.send).request_sha256,
            coalesce((verdicts.send).validation_stamps, '{}'),
            coalesce((verdicts.send).has_note, false),
            (verdicts.spent).counted_on, (verdicts.spent).timezone,
            (verdicts.spent).weekday, (verdicts.spent).opens, (verdicts.spent).closes,
            (verdicts.spent).per_day, (verdicts.spent).per_week,
            (verdicts.spent).per_month, (verdicts.spent).outstanding,
            (verdicts.spent).minimum_gap,
            case
                when (verdicts.send).has_note then (verdicts.spent_on_notes).per_week
            end,
            case
                when (verdicts.send).has_note then (verdicts.spent_on_notes).per_month
            end
        from verdicts
        where verdicts.is_begun
        order by verdicts.job_id
        returning
            send_attempts.job_id,
            send_attempts.attempt_id,
            send_attempts.account_id,
            send_attempts.action,
            send_attempts.counted_on,
            send_attempts.limit_per_day

    ),

    counted as (

        insert into outreach.linkedin_daily_counters as counters (
            workspace_id, account_id, action, counted_on, count, updated_at
        )
        select
            write_send_attempts.workspace_id, begun.account_id, begun.action,
            begun.counted_on, count(*), at
        from begun
        where
            begun.limit_per_day is not null
            and begun.action <> 'withdraw_invite'
        group by begun.account_id, begun.action, begun.counted_on
        on conflict (workspace_id, account_id, action, counted_on) do update
        set
            count = counters.count + excluded.count,
            updated_at = excluded.updated_at

    )

    select
        verdicts.job_id,
        null::bigint,
        verdicts.job,
        verdicts.refusal,
        verdicts.sender_does
    from verdicts
    where not verdicts.is_begun

    union all

    select
        begun.job_id,
        begun.attempt_id,
        null,
        null,
        null
    from begun;
end
$$;
