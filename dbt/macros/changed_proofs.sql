{# The attempts of a CTE whose proof may have changed since the last run; all of them in a
   run over all rows. A proof changes with the attempt's outcomes, the events of its
   enrollment, the other attempts at the same person, a new read that lists it, and the
   first complete reads after it, since when it may be missing. A read is recorded when it
   ends, which is within six hours of its start. The model depends on stg_prospects,
   stg_send_attempts, stg_send_attempt_outcomes, stg_whole_provider_reads and
   stg_workspaces. #}
{% macro of_changed_proofs(rows) -%}
    {%- set since = changed_since() -%}
    {%- if since -%}
    (
        with

        new_reads as materialized (

            select *
            from {{ ref('stg_whole_provider_reads') }}
            where
                list_name in (
                    'sent_invitations', 'relations', 'chat_messages', 'post_comments'
                )
                and started_at > {{ since }} - interval '6 hours'
                and ended_at > {{ since }}

        ),

        new_accounts as materialized (

            select distinct
                workspace_id,
                account_id
            from new_reads

        ),

        {# Until when a list of invites was read completely by the last run. Citus takes
           no sum of all rows in a lateral: each list is a group. #}
        read_lists as materialized (

            select
                new_accounts.workspace_id,
                new_accounts.account_id,
                lists.read_at
            from new_accounts
            cross join lateral (
                select max(reads.started_at) as read_at
                from {{ ref('stg_whole_provider_reads') }} as reads
                where
                    reads.workspace_id = new_accounts.workspace_id
                    and reads.account_id = new_accounts.account_id
                    and reads.list_name in ('sent_invitations', 'relations')
                    and reads.is_complete
                    and reads.ended_at <= {{ since }}
                group by
                    reads.workspace_id,
                    reads.account_id,
                    reads.list_name
            ) as lists

        ),

        {# An account with the moment until which both of its lists were. #}
        read_accounts as materialized (

            select
                new_accounts.workspace_id,
                new_accounts.account_id,
                case when count(read_lists.read_at) = 2 then min(read_lists.read_at) end
                    as read_until
            from new_accounts
            left join read_lists
                on
                    new_accounts.workspace_id = read_lists.workspace_id
                    and new_accounts.account_id = read_lists.account_id
            group by
                new_accounts.workspace_id,
                new_accounts.account_id

        ),

        attempts_of_read_accounts as materialized (

            select
                attempts.*,
                read_accounts.read_until
            from read_accounts
            cross join unnest(
                array[
                    'send_invite', 'send_message', 'send_inmail', 'comment',
                    'answer_reply'
                ]
            ) as actions (action)
            cross join lateral (
                select
                    workspace_id,
                    account_id,
                    prospect_id,
                    action,
                    begun_at,
                    recipient_provider_id,
                    request_sha256
                from {{ ref('stg_send_attempts') }} as each_row
                where
                    each_row.workspace_id = read_accounts.workspace_id
                    and each_row.account_id = read_accounts.account_id
                    and each_row.action = actions.action
                    and each_row.begun_at > {{ judged_since() }}
                {{ one_by_one() }}
            ) as attempts

        ),

        listed as materialized (

            select distinct
                new_reads.workspace_id,
                new_reads.account_id,
                items.item ->> 'provider_id' as provider_id,
                items.item ->> 'public_identifier' as public_identifier,
                items.item ->> 'request_sha256' as request_sha256
            from new_reads
            cross join lateral jsonb_array_elements(new_reads.list_items)
                as items (item)

        ),

        {# Before the join with attempts, or each attempt of the account looks them up. #}
        listed_people as materialized (

            select distinct
                listed.workspace_id,
                listed.account_id,
                prospects.prospect_id
            from listed
            cross join lateral (
                select prospect_id
                from {{ ref('stg_prospects') }} as each_row
                where
                    each_row.workspace_id = listed.workspace_id
                    and each_row.public_identifier = listed.public_identifier
                {{ one_by_one() }}
            ) as prospects

        ),

        {# An answer may go to a person who is in no campaign, and has no prospect_id. #}
        changed as (

            select
                workspace_id,
                account_id,
                coalesce(prospect_id, 0) as person_id,
                action
            from attempts_of_read_accounts
            where
                action = 'send_invite'
                and begun_at
                > coalesce(read_until, '-infinity') - interval '15 minutes'

            union distinct

            select
                attempts.workspace_id,
                attempts.account_id,
                coalesce(attempts.prospect_id, 0) as person_id,
                attempts.action
            from attempts_of_read_accounts as attempts
            inner join listed
                on
                    attempts.workspace_id = listed.workspace_id
                    and attempts.account_id = listed.account_id
                    and attempts.recipient_provider_id = listed.provider_id

            union distinct

            select
                attempts.workspace_id,
                attempts.account_id,
                coalesce(attempts.prospect_id, 0) as person_id,
                attempts.action
            from attempts_of_read_accounts as attempts
            inner join listed
                on
                    attempts.workspace_id = listed.workspace_id
                    and attempts.account_id = listed.account_id
                    and attempts.request_sha256 = listed.request_sha256

            union distinct

            select
                attempts.workspace_id,
                attempts.account_id,
                coalesce(attempts.prospect_id, 0) as person_id,
                attempts.action
            from attempts_of_read_accounts as attempts
            inner join listed_people
                on
                    attempts.workspace_id = listed_people.workspace_id
                    and attempts.account_id = listed_people.account_id
                    and attempts.prospect_id = listed_people.prospect_id

            union distinct

            select
                workspace_id,
                account_id,
                coalesce(prospect_id, 0) as person_id,
                action
            from {{ ref('stg_send_attempts') }}
            where begun_at > {{ since }}

            union distinct

            select
                attempts.workspace_id,
                attempts.account_id,
                coalesce(attempts.prospect_id, 0) as person_id,
                attempts.action
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

            union distinct

            select
                attempts.workspace_id,
                attempts.account_id,
                coalesce(attempts.prospect_id, 0) as person_id,
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
                {{ one_by_one() }}
            ) as attempts

        ),

        {# Each account's attempts are read once, however many of them changed. #}
        attempts_of_changed_accounts as (

            select attempts.*
            from (
                select distinct
                    workspace_id,
                    account_id,
                    action
                from changed
            ) as accounts
            cross join lateral (
                select
                    workspace_id,
                    attempt_id,
                    account_id,
                    coalesce(prospect_id, 0) as person_id,
                    action
                from {{ ref('stg_send_attempts') }} as each_row
                where
                    each_row.workspace_id = accounts.workspace_id
                    and each_row.account_id = accounts.account_id
                    and each_row.action = accounts.action
                    and each_row.begun_at > {{ judged_since() }}
                {{ one_by_one() }}
            ) as attempts

        ),

        chosen as (

            select
                attempts.workspace_id,
                attempts.attempt_id
            from attempts_of_changed_accounts as attempts
            inner join changed
                on
                    attempts.workspace_id = changed.workspace_id
                    and attempts.account_id = changed.account_id
                    and attempts.person_id = changed.person_id
                    and attempts.action = changed.action

        )

        select found.*
        from chosen
        cross join lateral (
            select each_row.*
            from {{ rows }} as each_row
            where
                each_row.workspace_id = chosen.workspace_id
                and each_row.attempt_id = chosen.attempt_id
            {{ one_by_one() }}
        ) as found
    ) as {{ rows }}
    {%- else -%}
    {{ rows }}
    {%- endif -%}
{%- endmacro %}
