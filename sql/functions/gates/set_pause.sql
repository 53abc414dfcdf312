-- Pauses or resumes an account, a campaign or an enrollment, and records the actor and
-- the reason. It applies to every job whose call has not begun, because begin checks
-- again under the account's lock, which this function takes too. Times stay as they
-- are. Returns whether anything changed.
create or replace function outreach.set_pause(
    workspace_id bigint,
    subject text,
    subject_id bigint,
    is_paused boolean,
    actor text,
    reason text,
    as_of timestamptz default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    has_changed boolean;
begin
    if coalesce(actor, '') = '' or coalesce(reason, '') = '' then
        raise exception '% needs an actor and a reason',
            case when is_paused then 'a pause' else 'to resume' end
            using
                errcode = 'check_violation',
                hint = 'Say by whom and why; on the command line with --actor and '
                || '--reason.';
    end if;

    has_changed := case subject
        when 'account' then outreach.set_account_pause(
            workspace_id, subject_id, is_paused, actor, reason, at
        )
        when 'campaign' then outreach.set_campaign_pause(
            workspace_id, subject_id, is_paused
        )
        when 'enrollment' then outreach.set_enrollment_pause(
            workspace_id, subject_id, is_paused, actor, reason, at
        )
    end;

    if has_changed is null then
        raise exception 'workspace % has no % % that could be paused',
            workspace_id, subject, subject_id
            using
                errcode = 'no_data_found',
                hint = 'Name an account, a campaign that was started, or an enrollment.';
    end if;

    if has_changed then
        insert into outreach.pause_audit (
            workspace_id, subject, subject_id, is_paused, actor, reason, changed_at
        )
        values (workspace_id, subject, subject_id, is_paused, actor, reason, at);
    end if;

    return has_changed;
end
$$;
