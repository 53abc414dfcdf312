-- The reasons for which active people of a workspace are not written to now, and how
-- many have each, as outreach.console_reasons() says. If more than most_judged people are
-- under way, none of them is judged: every reason that may last is there, and people is
-- null.
-- Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_reason_counts(
    in_workspace_id bigint,
    most_judged integer,
    at timestamptz
)
returns table (
    blocker text,
    people bigint
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
            and outreach.is_under_way(enrollments.linkedin_status)
        limit most_judged + 1
    );
begin
    if cardinality(active_ids) > most_judged then
        return query
        select
            known.blocker,
            null::bigint
        from outreach.blockers() as known
        where
            -- The sender ends these at its next look.
            not starts_with(known.blocker, 'status_');
    else
        return query
        select
            reasons.blocker,
            count(*)
        from outreach.console_reasons(
            in_workspace_id, active_ids, console_reason_counts.at
        ) as reasons
        group by reasons.blocker
        order by
            count(*) desc,
            reasons.blocker;
    end if;
end
$$;

revoke execute on function outreach.console_reason_counts(bigint, integer, timestamptz)
from public;
grant execute on function outreach.console_reason_counts(bigint, integer, timestamptz)
to console;
