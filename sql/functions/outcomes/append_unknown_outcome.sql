-- Appends that an attempt got no answer before its lease ended. Returns the outcome's id.
-- Runs with its owner's rights: sender may not write outcomes by itself. Unknown gives
-- nothing of a limit back.
create or replace function outreach.append_unknown_outcome(
    workspace_id bigint,
    attempt_id bigint,
    detail text,
    at timestamptz
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    appended_id bigint;
begin
    insert into outreach.send_attempt_outcomes as outcomes (
        workspace_id, attempt_id, outcome, means, decided_by, detail, recorded_at
    )
    values (
        append_unknown_outcome.workspace_id, append_unknown_outcome.attempt_id,
        'unknown', 'unknown', 'lease', append_unknown_outcome.detail,
        append_unknown_outcome.at
    )
    returning outcomes.outcome_id into appended_id;

    return appended_id;
end
$$;
