-- Records an event invite_gone for each invite of an account that is not pending any more
-- and was not accepted (outreach.gone_invites): a person withdrew it by hand, or it
-- expired. The enrollment keeps its status: its wait ends by its time-out, and an accept
-- that is reported later is credited as any other. Returns how many are new.
create or replace function outreach.record_gone_invites(
    workspace_id bigint,
    account_id bigint,
    actor text,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    absent record;
    enrollment outreach.campaign_prospects;
    new_count bigint := 0;
begin
    for absent in
        select gone.*
        from outreach.gone_invites(
            record_gone_invites.workspace_id, record_gone_invites.account_id,
            coalesce(as_of, clock_timestamp())
        ) as gone
        order by gone.enrollment_id
    loop
        enrollment := outreach.lock_enrollment(
            record_gone_invites.workspace_id, absent.enrollment_id
        );

        continue when enrollment.linkedin_accepted_at is not null
            or enrollment.linkedin_status = 'withdrawn'
            or exists (
                select 1
                from outreach.campaign_events as known
                where
                    known.workspace_id = record_gone_invites.workspace_id
                    and known.enrollment_id = absent.enrollment_id
                    and known.event_type = 'invite_gone'
            );

        perform outreach.record_enrollment_event(
            record_gone_invites.workspace_id, absent.enrollment_id, 'invite_gone',
            actor, absent.gone_at,
            step_id => absent.step_id,
            details => jsonb_build_object(
                'invite_event_id', absent.invite_event_id,
                'read_ids', absent.read_ids
            )
        );
        new_count := new_count + 1;
    end loop;

    return new_count;
end
$$;
