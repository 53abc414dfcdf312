-- The earliest due time from a moment on: clamped to a sending window, plus the
-- enrollment's jitter, clamped again. Without any window it is the moment itself, so
-- that an answer can be recorded; the claim then waits for a window.
create or replace function outreach.jittered_moment(
    workspace_id bigint,
    account_id bigint,
    enrollment_id bigint,
    at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if not exists (
        select 1
        from outreach.linkedin_account_sending_windows as windows
        where
            windows.workspace_id = jittered_moment.workspace_id
            and windows.account_id = jittered_moment.account_id
    ) then
        return jittered_moment.at;
    end if;

    return outreach.clamp_to_sending_window(
        jittered_moment.workspace_id, jittered_moment.account_id,
        outreach.clamp_to_sending_window(
            jittered_moment.workspace_id, jittered_moment.account_id,
            jittered_moment.at
        )
        + outreach.send_jitter(
            jittered_moment.workspace_id, jittered_moment.enrollment_id,
            (jittered_moment.at at time zone 'UTC')::date
        )
    );
end
$$;
