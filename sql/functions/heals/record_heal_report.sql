-- Appends the report of a person's heal of one subject: the number of faults before and
-- after, and the query that counts them. It was kept if the number is lower afterwards,
-- else rolled back. Returns the report's id.
create or replace function outreach.record_heal_report(
    workspace_id bigint,
    heal text,
    subject text,
    actor text,
    before_count bigint,
    after_count bigint,
    proof text,
    as_of timestamptz default null
)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
as $$
    insert into outreach.heal_reports (
        workspace_id, heal, subject, actor, before_count, after_count, outcome, proof,
        reported_at
    )
    values (
        $1, $2, $3, $4, $5, $6,
        case when $6 < $5 then 'kept' else 'rolled_back' end,
        $7, coalesce($8, clock_timestamp())
    )
    returning heal_reports.report_id
$$;
