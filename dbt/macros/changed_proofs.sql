{# The attempts of a CTE whose proof may have changed since the last run; all of them in a
   run over all rows. A proof changes with the attempt's outcomes, the events of its
   enrollment, the other attempts at the same person, and each new read of the account's
   lists. A read is recorded when it ends, which is within six hours of its start. The
   model depends on stg_linkedin_accounts, stg_send_attempts, stg_send_attempt_outcomes,
   stg_whole_provider_reads and stg_workspaces. #}
{% macro of_changed_proofs(rows) -%}
    {%- set since = changed_since() -%}
    {%- if since -%}
    (
        with

        changed as (

            select
                workspace_id,
                account_id,
                prospect_id,
                action
            from {{ ref('stg_send_attempts') }}
            where begun_at > {{ since }}

            union distinct

            select
                attempts.workspace_id,
                attempts.account_id,
                attempts.prospect_id,
                attempts.action
            from {{ ref('stg_send_attempt_outcomes') }} as outcomes
            cross join lateral (
                select *
                from {{ ref('stg_send_attempts') }} as each_row
                where
                    each_row.workspace_id = outcomes.workspace_id
                    and each_row.attempt_id = outcomes.attempt_id
                offset 0
            ) as attempts
            where outcomes.recorded_at > {{ since }}

            union distinct

            select
                attempts.workspace_id,
                attempts.account_id,
                attempts.prospect_id,
                attempts.action
            from {{ ref('stg_workspaces') }} as workspaces
            cross join lateral outreach.enrollments_changed_since(
                workspaces.workspace_id, {{ since }}
            ) as changed_enrollments
            cross join lateral (
                select *
                from {{ ref('stg_send_attempts') }} as each_row
                where
                    each_row.workspace_id = workspaces.workspace_id
                    and each_row.enrollment_id = changed_enrollments.enrollment_id
                offset 0
            ) as attempts

        ),

        read_accounts as (

            select
                accounts.workspace_id,
                accounts.account_id
            from {{ ref('stg_linkedin_accounts') }} as accounts
            where
                exists (
                    select 1
                    from {{ ref('stg_whole_provider_reads') }} as reads
                    where
                        reads.workspace_id = accounts.workspace_id
                        and reads.account_id = accounts.account_id
                        and reads.list_name in (
                            'sent_invitations', 'relations', 'chat_messages',
                            'post_comments'
                        )
                        and reads.started_at > {{ since }} - interval '6 hours'
                        and reads.ended_at > {{ since }}
                    offset 0
                )

        ),

        chosen as (

            select
                attempts.workspace_id,
                attempts.attempt_id
            from read_accounts
            cross join unnest(
                array[
                    'send_invite', 'send_message', 'send_inmail', 'comment',
                    'answer_reply'
                ]
            ) as actions (action)
            cross join lateral (
                select *
                from {{ ref('stg_send_attempts') }} as each_row
                where
                    each_row.workspace_id = read_accounts.workspace_id
                    and each_row.account_id = read_accounts.account_id
                    and each_row.action = actions.action
                    and each_row.begun_at > {{ judged_since() }}
                offset 0
            ) as attempts

            union distinct

            select
                attempts.workspace_id,
                attempts.attempt_id
            from changed
            cross join lateral (
                select *
                from {{ ref('stg_send_attempts') }} as each_row
                where
                    each_row.workspace_id = changed.workspace_id
                    and each_row.account_id = changed.account_id
                    and each_row.action = changed.action
                    and each_row.prospect_id is not distinct from changed.prospect_id
                    and each_row.begun_at > {{ judged_since() }}
                offset 0
            ) as attempts

        )

        select found.*
        from chosen
        cross join lateral (
            select each_row.*
            from {{ rows }} as each_row
            where
                each_row.workspace_id = chosen.workspace_id
                and each_row.attempt_id = chosen.attempt_id
            offset 0
        ) as found
    ) as {{ rows }}
    {%- else -%}
    {{ rows }}
    {%- endif -%}
{%- endmacro %}
