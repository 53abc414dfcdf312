-- Why each of these active enrollments has not been sent yet, and when that lifts, as
-- outreach.enrollment_blockers() says for a whole workspace: the verdict on it, and where
-- nothing holds it back, whether a claim takes it next. Security definer: the console
-- reads it, without rights to its tables.
create or replace function outreach.console_reasons(
    in_workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz
)
returns table (
    enrollment_id bigint,
    blocker text,
    explanation text,
    lifts_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    active_ids constant bigint [] := array(
        select enrollments.enrollment_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = in_workspace_id
            and enrollments.enrollment_id = any(enrollment_ids)
            and outreach.is_under_way(enrollments.linkedin_status)
    );
    verdicts record;
    next_job_ids bigint [];
begin
    select
        array_agg(judged.enrollment_id) as enrollment_ids,
        array_agg(judged.job_id) as job_ids,
        array_agg(judged.blocker) as blockers,
        array_agg(judged.lifts_at) as lifts_at,
        array_agg(distinct judged.account_id) filter (
            where judged.blocker is null
        ) as free_account_ids
    into verdicts
    from outreach.send_verdicts(
        in_workspace_id, active_ids, console_reasons.at
    ) as judged;

    next_job_ids := array(
        select claimable.job_id
        from outreach.claimable_jobs(
            in_workspace_id, coalesce(verdicts.free_account_ids, '{}'),
            console_reasons.at
        ) as claimable (job_id)
    );

    return query
    select
        named.enrollment_id,
        named.blocker,
        vocabulary.explanation,
        case when named.blocker = 'due_now' then console_reasons.at else named.lifts_at end
    from (
        select
            judged.enrollment_id,
            judged.lifts_at,
            coalesce(
                judged.blocker,
                case
                    when judged.job_id = any(next_job_ids) then 'due_now'
                    else 'behind_others'
                end
            ) as blocker
        from unnest(
            verdicts.enrollment_ids, verdicts.job_ids, verdicts.blockers,
            verdicts.lifts_at
        ) as judged (enrollment_id, job_id, blocker, lifts_at)
    ) as named
    left join outreach.blockers() as vocabulary
        on named.blocker = vocabulary.blocker;
end
$$;

revoke execute on function outreach.console_reasons(bigint, bigint [], timestamptz)
from public;
grant execute on function outreach.console_reasons(bigint, bigint [], timestamptz)
to console;
