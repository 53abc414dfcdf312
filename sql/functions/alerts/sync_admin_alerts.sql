-- Updates the alerts of one code to the current findings of a check: an array of
-- {workspace_id, subject, message, details} with every failure, in any order. An open
-- alert without a finding is resolved. New alerts open until most_open are open; one
-- row with the subject 'others' has the number of the rest. Open alerts keep their
-- rows, so no alert is resolved because new ones precede it.
create or replace function outreach.sync_admin_alerts(
    code text,
    findings jsonb,
    as_of timestamptz default null,
    most_open integer default 50
)
returns table (opened_count integer, open_count integer, resolved_count integer)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    finding record;
    left_out_count integer := 0;
begin
    opened_count := 0;
    open_count := 0;
    resolved_count := 0;

    -- Open alerts come first, so that a delivered alert keeps its row.
    for finding in
        select
            found.workspace_id,
            found.subject,
            found.message,
            coalesce(found.details, '{}') as details,
            alerts.alert_id is not null as is_open
        from (
            select distinct on (coalesce(rows.workspace_id, 0), rows.subject)
                coalesce(rows.workspace_id, 0) as workspace_id,
                rows.subject,
                rows.message,
                rows.details
            from jsonb_to_recordset(findings) as rows (
                workspace_id bigint, subject text, message text, details jsonb
            )
            order by
                coalesce(rows.workspace_id, 0),
                rows.subject
        ) as found
        left join outreach.linkedin_admin_alerts as alerts
            on
                found.workspace_id = alerts.workspace_id
                and found.subject = alerts.subject
                and alerts.code = sync_admin_alerts.code
                and alerts.resolved_at is null
        order by
            is_open desc,
            found.workspace_id,
            found.subject
    loop
        if finding.is_open or open_count < most_open then
            perform outreach.open_admin_alert(
                finding.workspace_id, sync_admin_alerts.code, finding.subject,
                finding.message, finding.details, at
            );
            open_count := open_count + 1;
            opened_count := opened_count + (not finding.is_open)::integer;
        else
            left_out_count := left_out_count + 1;
        end if;
    end loop;

    with

    -- Apart, because an update of all workspaces calls no function for its rows there.
    told as materialized (

        select
            coalesce(rows.workspace_id, 0) as workspace_id,
            rows.subject
        from jsonb_to_recordset(findings) as rows (workspace_id bigint, subject text)

    ),

    resolved as (

        update outreach.linkedin_admin_alerts as alerts
        set resolved_at = at
        where
            alerts.code = sync_admin_alerts.code
            and alerts.resolved_at is null
            and not (
                alerts.workspace_id = 0
                and alerts.subject = 'others'
                and left_out_count > 0
            )
            and not exists (
                select 1
                from told
                where
                    told.workspace_id = alerts.workspace_id
                    and told.subject = alerts.subject
            )
        returning alerts.alert_id

    )

    select count(*)::integer into resolved_count from resolved;

    if left_out_count > 0 then
        perform outreach.open_admin_alert(
            0, sync_admin_alerts.code, 'others',
            format('%s more beside those listed', left_out_count),
            jsonb_build_object('left_out_count', left_out_count), at
        );
    end if;

    return next;
end
$$;
