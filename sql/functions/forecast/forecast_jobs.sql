-- The live jobs of these enrollments, and whether each goes once it is due and its
-- account's gates are open; one row each, account by account in the order of its queue.
-- A job that is not due yet is asked at the end of the horizon, because only a due job is
-- asked everything (outreach.job_blockers).
-- goes: whether it waits for nothing else than time and its turn.
-- list: the account's queue in which it waits: its action, or send_invite_with_note for
-- an invite that goes with its note or not at all.
-- starts_at: its time, or the end of the person's cooldown if that is later.
create or replace function outreach.forecast_jobs(
    workspace_id bigint,
    enrollment_ids bigint [],
    as_of timestamptz,
    until timestamptz
)
returns table (
    account_id bigint,
    enrollment_id bigint,
    job_id bigint,
    action text,
    list text,
    starts_at timestamptz,
    blocker text,
    sender_does text,
    goes boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    jobs record;
    waiting_ids bigint [];
    invite_ids bigint [];
    noted_ids bigint [];
begin
    select
        array_agg(found.account_id) as account_ids,
        array_agg(found.enrollment_id) as enrollment_ids,
        array_agg(found.job_id) as job_ids,
        array_agg(found.action) as actions,
        array_agg(
            greatest(
                found.run_at,
                case when found.blocker = 'person_cooled' then found.lifts_at end
            )
        ) as starts_ats,
        array_agg(found.blocker) as blockers,
        array_agg(found.sender_does) as sender_does,
        array_agg(found.enrollment_id) filter (
            where
            found.blocker in ('not_due_yet', 'waiting_for_accept')
            and found.run_at <= forecast_jobs.until
        ) as waiting_ids,
        array_agg(found.job_id) filter (
            where found.action = 'send_invite'
        ) as invite_ids
    into jobs
    from outreach.job_blockers(
        forecast_jobs.workspace_id, forecast_jobs.enrollment_ids, forecast_jobs.as_of
    ) as found;

    waiting_ids := jobs.waiting_ids;
    invite_ids := jobs.invite_ids;

    select array_agg(needed.job_id)
    into noted_ids
    from outreach.foreseen_notes(
        forecast_jobs.workspace_id, invite_ids
    ) as needed (job_id);

    return query
    select
        judged.account_id,
        judged.enrollment_id,
        judged.job_id,
        judged.action,
        case
            when noted.job_id is not null then 'send_invite_with_note'
            else judged.action
        end,
        judged.starts_at,
        judged.blocker,
        judged.sender_does,
        coalesce(
            judged.sender_does in ('send', 'resume')
            or judged.blocker = 'person_cooled'
            or (
                judged.blocker in ('not_due_yet', 'waiting_for_accept')
                and judged.starts_at > forecast_jobs.until
            ),
            false
        )
    from (
        select
            today.account_id,
            today.enrollment_id,
            today.job_id,
            today.starts_at,
            -- A sender that resumes a step looks the person up first.
            case
                when coalesce(later.blocker, today.blocker) = 'profile_not_resolved'
                    then 'resolve_profile'
                else today.action
            end as action,
            case
                when later.sender_does in ('send', 'resume') then today.blocker
                else coalesce(later.blocker, today.blocker)
            end as blocker,
            case
                when later.enrollment_id is null then today.sender_does
                else later.sender_does
            end as sender_does
        from unnest(
            jobs.account_ids, jobs.enrollment_ids, jobs.job_ids, jobs.actions,
            jobs.starts_ats, jobs.blockers, jobs.sender_does
        ) as today (
            account_id, enrollment_id, job_id, action, starts_at, blocker, sender_does
        )
        left join outreach.job_blockers(
            forecast_jobs.workspace_id, waiting_ids, forecast_jobs.until
        ) as later
            on today.enrollment_id = later.enrollment_id
    ) as judged
    left join unnest(noted_ids) as noted (job_id)
        on judged.job_id = noted.job_id
    order by
        judged.account_id,
        judged.starts_at,
        judged.job_id;
end
$$;
