-- Accepts of campaigns whose invite they cannot answer (LL#275): this enrollment's
-- account sent no invite of it before the accept, or the provider reported the accept
-- for other accounts only. verdict is the right status of the enrollment:
-- pending_accept if its own invite was sent, else ready_to_invite; null if the accept
-- cannot be reversed, with the obstacle. only_enrollment_ids: null for all.
create or replace function outreach.leaked_accepts(
    workspace_id bigint,
    only_enrollment_ids bigint [] default null
)
returns table (
    enrollment_id bigint,
    campaign_id bigint,
    account_id bigint,
    linkedin_status text,
    accepted_at timestamptz,
    why text,
    verdict text,
    obstacle text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- Planned for all enrollments or for few, whichever is asked for.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
    return query
    with

    accepted as materialized (
        select
            enrollments.*,
            prospects.provider_id,
            prospects.public_identifier,
            accepts.accepted_at as accepted_before,
            (
                select min(events.occurred_at)
                from outreach.campaign_events as events
                where
                    events.workspace_id = leaked_accepts.workspace_id
                    and events.enrollment_id = enrollments.enrollment_id
                    and events.account_id = enrollments.account_id
                    and events.event_type = 'invite_sent'
            ) as invited_at
        from outreach.campaign_prospects as enrollments
        inner join outreach.enrollment_accepts as accepts
            on
                accepts.workspace_id = leaked_accepts.workspace_id
                and enrollments.enrollment_id = accepts.enrollment_id
        inner join outreach.prospects
            on
                prospects.workspace_id = leaked_accepts.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        where
            enrollments.workspace_id = leaked_accepts.workspace_id
            and (
                only_enrollment_ids is null
                or enrollments.enrollment_id = any(only_enrollment_ids)
            )
            and accepts.is_accepted
    ),

    told_to as materialized (
        select
            accepted.enrollment_id,
            events.account_id
        from accepted
        inner join outreach.linkedin_events as events
            on
                events.workspace_id = leaked_accepts.workspace_id
                and accepted.provider_id = events.provider_id
        where events.event_type in ('new_relation', 'invite_accepted')
        union
        select
            accepted.enrollment_id,
            signals.account_id
        from accepted
        inner join outreach.accept_signals as signals
            on
                signals.workspace_id = leaked_accepts.workspace_id
                and accepted.provider_id = signals.person
    ),

    judged as (
        select
            accepted.*,
            case
                when accepted.invited_at is null then 'its campaign sent no invite'
                when accepted.invited_at > accepted.accepted_before
                    then 'its invite was sent after the accept'
                when
                    exists (
                        select 1
                        from told_to
                        where told_to.enrollment_id = accepted.enrollment_id
                    )
                    and not exists (
                        select 1
                        from told_to
                        where
                            told_to.enrollment_id = accepted.enrollment_id
                            and told_to.account_id = accepted.account_id
                    )
                    then 'the accept was another account''s'
            end as why
        from accepted
    )

    select
        judged.enrollment_id,
        judged.campaign_id,
        judged.account_id,
        judged.linkedin_status,
        judged.linkedin_accepted_at,
        judged.why,
        case
            when judged.linkedin_status in ('replied', 'failed', 'withdrawn')
                then judged.linkedin_status
            when judged.invited_at is not null then 'pending_accept'
            else 'ready_to_invite'
        end as verdict,
        case
            when exists (
                select 1
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = leaked_accepts.workspace_id
                    and jobs.enrollment_id = judged.enrollment_id
                    and jobs.status in ('sending', 'unknown')
            ) then 'a send of it is under way or unanswered'
            when exists (
                select 1
                from outreach.campaign_events as events
                where
                    events.workspace_id = leaked_accepts.workspace_id
                    and events.enrollment_id = judged.enrollment_id
                    and events.event_type in (
                        'message_sent', 'inmail_sent', 'send_unproven'
                    )
            ) then 'messages were sent to this person since'
        end as obstacle
    from judged
    where judged.why is not null
    order by judged.campaign_id, judged.enrollment_id;
end
$$;
