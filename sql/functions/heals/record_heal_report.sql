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
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    new_report_id bigint;
begin
    insert into outreach.heal_reports (
        workspace_id, heal, subject, actor, before_count, after_count, outcome, proof,
        reported_at
    )
    values (
        record_heal_report.workspace_id, record_heal_report.heal,
        record_heal_report.subject, record_heal_report.actor,
        record_heal_report.before_count, record_heal_report.after_count,
        case
            when record_heal_report.after_count < record_heal_report.before_count
                then 'kept'
            else 'rolled_back'
        end,
        record_heal_report.proof, coalesce(record_heal_report.as_of, clock_timestamp())
    )
    returning heal_reports.report_id into new_report_id;

    return new_report_id;
end
$$;
