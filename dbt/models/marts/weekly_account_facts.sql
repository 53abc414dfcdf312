with

sends as (

    select * from {{ ref('sends') }}

),

enrollments as (

    select * from {{ ref('enrollments') }}

),

accounts as (

    select * from {{ ref('accounts') }}

),

facts as (

    select
        workspace_id,
        account_id,
        {{ week_of('local_date') }} as week_starts_on,
        0 as invited_count,
        0 as invited_accepted_count,
        0 as invited_waiting_count,
        0 as accept_count,
        0 as reply_count,
        (outcome = 'sent')::integer as sent_count,
        (outcome in ('unknown', 'open'))::integer as unknown_count,
        (action = 'send_message' and outcome = 'sent')::integer as message_count

    from sends

    union all

    {# Each invite counts in the week that it went out. #}
    select
        workspace_id,
        account_id,
        {{ week_of('invited_on') }} as week_starts_on,
        1 as invited_count,
        is_accepted::integer as invited_accepted_count,
        (not is_accepted and not is_ended)::integer as invited_waiting_count,
        0 as accept_count,
        0 as reply_count,
        0 as sent_count,
        0 as unknown_count,
        0 as message_count

    from enrollments

    where invited_on is not null

    union all

    select
        workspace_id,
        account_id,
        {{ week_of('accepted_on') }} as week_starts_on,
        0 as invited_count,
        0 as invited_accepted_count,
        0 as invited_waiting_count,
        1 as accept_count,
        0 as reply_count,
        0 as sent_count,
        0 as unknown_count,
        0 as message_count

    from enrollments

    where accepted_on is not null

    union all

    select
        workspace_id,
        account_id,
        {{ week_of('replied_on') }} as week_starts_on,
        0 as invited_count,
        0 as invited_accepted_count,
        0 as invited_waiting_count,
        0 as accept_count,
        1 as reply_count,
        0 as sent_count,
        0 as unknown_count,
        0 as message_count

    from enrollments

    where replied_on is not null

),

{# Counted by numbers alone, and named afterwards: there are many rows. #}
counted as (

    select
        workspace_id,
        account_id,
        week_starts_on,
        sum(sent_count) as sent_count,
        sum(unknown_count) as unknown_count,
        sum(message_count) as message_count,
        sum(invited_count) as invited_count,
        sum(invited_accepted_count) as invited_accepted_count,
        sum(invited_waiting_count) as invited_waiting_count,
        sum(accept_count) as accept_count,
        sum(reply_count) as replied_people_count

    from facts

    group by
        workspace_id,
        account_id,
        week_starts_on

)

select
    counted.workspace_id,
    counted.account_id,
    accounts.account_name,
    counted.week_starts_on,
    counted.sent_count,
    counted.unknown_count,
    counted.message_count,
    counted.invited_count,
    counted.invited_accepted_count,
    counted.invited_waiting_count,
    counted.accept_count,
    counted.replied_people_count

from counted

inner join accounts
    on
        counted.workspace_id = accounts.workspace_id
        and counted.account_id = accounts.account_id
