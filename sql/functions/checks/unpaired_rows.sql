-- Statuses and do-not-contact marks whose last change has no audit row or event, and
-- enrollments whose time differs from their live job's.
create or replace function outreach.unpaired_rows()
returns table (workspace_id bigint, subject text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
    select
        accounts.workspace_id,
        'account ' || accounts.account_id,
        'is ' || accounts.status || ' after ' || accounts.status_seq
        || ' flips, but its audit rows do not say so'
    from outreach.linkedin_accounts as accounts
    where (
        select count(*) filter (
            where
            audit.status_seq < accounts.status_seq
            or audit.to_status = accounts.status
        )
        from outreach.linkedin_account_status_audit as audit
        where
            audit.workspace_id = accounts.workspace_id
            and audit.account_id = accounts.account_id
    ) <> accounts.status_seq + 1

    union all

    select
        enrollments.workspace_id,
        'enrollment ' || enrollments.enrollment_id,
        'is ' || enrollments.linkedin_status || ' after ' || enrollments.status_seq
        || ' flips, but its events do not say so'
    from outreach.campaign_prospects as enrollments
    -- All events are read once, and not enrollment by enrollment.
    left join outreach.campaign_events as events
        on
            enrollments.workspace_id = events.workspace_id
            and enrollments.enrollment_id = events.enrollment_id
            and events.status_seq is not null
            and (
                events.status_seq < enrollments.status_seq
                or events.to_status = enrollments.linkedin_status
            )
    group by
        enrollments.workspace_id,
        enrollments.enrollment_id
    having count(events.event_id) <> enrollments.status_seq + 1

    union all

    select
        enrollments.workspace_id,
        'enrollment ' || enrollments.enrollment_id,
        'is due at ' || coalesce(enrollments.next_action_at::text, 'no time')
        || ', but its live job at ' || coalesce(jobs.run_at::text, 'no time')
    from outreach.campaign_prospects as enrollments
    left join outreach.campaign_send_jobs as jobs
        on
            enrollments.workspace_id = jobs.workspace_id
            and enrollments.enrollment_id = jobs.enrollment_id
            and outreach.is_live_job(jobs.status)
    where enrollments.next_action_at is distinct from jobs.run_at

    union all

    select
        prospects.workspace_id,
        'person ' || prospects.prospect_id,
        case
            when prospects.do_not_contact_at is null then 'is not marked'
            else 'is marked'
        end
        || ' do-not-contact, but the newest audit row does not say so'
    from outreach.prospects
    left join (
        select distinct on (audit.workspace_id, audit.prospect_id)
            audit.workspace_id,
            audit.prospect_id,
            audit.is_marked
        from outreach.do_not_contact_audit as audit
        order by
            audit.workspace_id,
            audit.prospect_id,
            audit.audit_id desc
    ) as newest
        on
            prospects.workspace_id = newest.workspace_id
            and prospects.prospect_id = newest.prospect_id
    where
        (prospects.do_not_contact_at is not null)
        <> coalesce(newest.is_marked, false)
$$;
