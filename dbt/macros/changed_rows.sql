{# The moment, as SQL text, since which changes are to be computed; empty if all rows
   are: in the first run, in one for a fixed moment and after it, and with --full-refresh.
   It is an hour before the last run, because a transaction can commit later than others
   that began after it. The table's comment says when that was, also if it wrote no row
   (postgres__alter_relation_comment). #}
{% macro changed_since() -%}
    {%- set found = load_cached_relation(this) if execute else none -%}
    {%- if found is none or var('as_of') != 'now()' or should_full_refresh()
        or not found.is_table or has_other_columns(found) -%}
        {{ return('') }}
    {%- endif -%}
    {%- set last_run -%}
        select runs.started_at - interval '1 hour'
        from (
            select
                substring(
                    obj_description('{{ found }}'::regclass, 'pg_class')
                    from 'As of: ([-0-9:. ]+ UTC)[.]$'
                )::timestamptz as started_at
        ) as runs
        where runs.started_at <= now()
    {%- endset -%}
    {%- set rows = run_query(last_run).rows -%}
    {%- if not rows -%}
        {{ return('') }}
    {%- endif -%}
    {{ return("'" ~ rows[0][0].isoformat() ~ "'::timestamptz") }}
{%- endmacro %}

{# The enrollments that changed since a moment, as a query. with_attempts: those with a new
   attempt or outcome too, which may have no event yet. The model depends on stg_workspaces,
   and with attempts on stg_send_attempts and stg_send_attempt_outcomes. #}
{% macro changed_enrollments(since, with_attempts=false) -%}
        select
            workspaces.workspace_id,
            changed.enrollment_id
        from {{ ref('stg_workspaces') }} as workspaces
        cross join lateral outreach.enrollments_changed_since(
            workspaces.workspace_id, {{ since }}
        ) as changed
        {%- if with_attempts %}
        union distinct
        select
            workspace_id,
            enrollment_id
        from {{ ref('stg_send_attempts') }}
        where begun_at > {{ since }}
        union distinct
        select
            attempts.workspace_id,
            attempts.enrollment_id
        from {{ ref('stg_send_attempt_outcomes') }} as outcomes
        cross join lateral (
            select *
            from {{ ref('stg_send_attempts') }} as each_row
            where
                each_row.workspace_id = outcomes.workspace_id
                and each_row.attempt_id = outcomes.attempt_id
            {{ one_by_one() }}
        ) as attempts
        where outcomes.recorded_at > {{ since }}
        {%- endif %}
{%- endmacro %}

{# The workspaces of a CTE with the array enrollment_ids of those that changed since the
   last run (changed_enrollments, with attempts); null, for all, in a run over all. #}
{% macro changed_enrollment_ids(rows) -%}
    {%- set since = changed_since() -%}
    (
        select
            each_row.workspace_id,
            {%- if since %}
            array_agg(changed.enrollment_id) as enrollment_ids
            {%- else %}
            null::bigint [] as enrollment_ids
            {%- endif %}
        from {{ rows }} as each_row
        {%- if since %}
        inner join (
            {{ changed_enrollments(since, with_attempts=true) | trim }}
        ) as changed on each_row.workspace_id = changed.workspace_id
        group by each_row.workspace_id
        {%- endif %}
    ) as {{ rows }}
{%- endmacro %}

{# The rows of a CTE whose enrollment changed since the last run (changed_enrollments); all
   rows in a run over all. Each enrollment is looked up by index (one_by_one). #}
{% macro of_changed_enrollments(rows, with_attempts=false) -%}
    {%- set since = changed_since() -%}
    {%- if since -%}
    (
        select found.*
        from (
            {{ changed_enrollments(since, with_attempts) | trim }}
        ) as changed
        cross join lateral (
            select each_row.*
            from {{ rows }} as each_row
            where
                each_row.workspace_id = changed.workspace_id
                and each_row.enrollment_id = changed.enrollment_id
            {{ one_by_one() }}
        ) as found
    ) as {{ rows }}
    {%- else -%}
    {{ rows }}
    {%- endif -%}
{%- endmacro %}

{# The same for attempts. What is told of one changes with its outcomes, the events of its
   enrollment and its row of send_proofs, which it leaves seven days after it began. The
   model depends on send_proofs, stg_send_attempts and stg_send_attempt_outcomes too. #}
{% macro of_changed_attempts(rows) -%}
    {%- set since = changed_since() -%}
    {%- if since -%}
    (
        select found.*
        from (
            select
                workspace_id,
                attempt_id
            from {{ ref('stg_send_attempts') }}
            where
                begun_at > {{ since }}
                or begun_at between {{ since }} - interval '168 hours'
                and {{ judged_since() }}
            union
            select
                workspace_id,
                attempt_id
            from {{ ref('send_proofs') }}
            {# One build after the other computes them, so no hour is needed here. #}
            where refreshed_at > {{ since }} + interval '1 hour'
            union
            select
                workspace_id,
                attempt_id
            from {{ ref('stg_send_attempt_outcomes') }}
            where recorded_at > {{ since }}
            union
            select
                attempts.workspace_id,
                attempts.attempt_id
            from {{ ref('stg_workspaces') }} as workspaces
            cross join lateral outreach.enrollments_changed_since(
                workspaces.workspace_id, {{ since }}
            ) as changed
            cross join lateral (
                select *
                from {{ ref('stg_send_attempts') }} as each_row
                where
                    each_row.workspace_id = workspaces.workspace_id
                    and each_row.enrollment_id = changed.enrollment_id
                {{ one_by_one() }}
            ) as attempts
        ) as changed_attempts
        cross join lateral (
            select each_row.*
            from {{ rows }} as each_row
            where
                each_row.workspace_id = changed_attempts.workspace_id
                and each_row.attempt_id = changed_attempts.attempt_id
            {{ one_by_one() }}
        ) as found
    ) as {{ rows }}
    {%- else -%}
    {{ rows }}
    {%- endif -%}
{%- endmacro %}

{# Joins, to the rows of a CTE, what a model says of the row's enrollment. A run over all
   rows joins two sets, a run over changed rows looks each one up; always: both do. #}
{% macro join_per_enrollment(model_name, rows, always=false) -%}
    {%- if always or changed_since() -%}
    left join lateral (
        select found.*
        from {{ model_name }} as found
        where
            found.workspace_id = {{ rows }}.workspace_id
            and found.enrollment_id = {{ rows }}.enrollment_id
        {{ one_by_one() }}
    ) as {{ model_name }} on true
    {%- else -%}
    left join {{ model_name }}
        on
            {{ rows }}.workspace_id = {{ model_name }}.workspace_id
            and {{ rows }}.enrollment_id = {{ model_name }}.enrollment_id
    {%- endif -%}
{%- endmacro %}
