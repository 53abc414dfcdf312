-- Appends the outcome of an attempt without an answer before the end of its lease.
-- Returns the outcome's id. Security definer: sender has no right to write outcomes. An
-- unknown outcome returns no part of a limit.
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

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.append_unknown_outcome(bigint, bigint, text, timestamptz) from public;
grant execute on function outreach.append_unknown_outcome(bigint, bigint, text, timestamptz) to sender, operator;
