-- Which variant of each step wins, and is it sure? A variant's rate is its share of
-- replies, or of accepts for an invite, with Wilson's 95 % bounds. The winner is sure
-- if a two-proportion z-test against the next best is significant at 5 % (|z| of 1.96
-- or more), and each has at least 5 successes and 5 failures, which the test needs.
with

rated as (

    select
        workspace_id,
        campaign_name,
        step_id,
        step_action,
        variant,
        sent_count::numeric as sent,
        step_position + 1 as step_number,
        case step_action
            when 'send_invite' then accepted_count else replied_count
        end::numeric as won

    from {{ ref('campaign_step_stats') }}

    where sent_count > 0

),

{# Wilson's score interval, z = 1.96. #}
bounded as (

    select
        *,
        won / sent as rate,
        {{ wilson_bound('won', 'sent', '-') }} as lower_bound,
        {{ wilson_bound('won', 'sent', '+') }} as upper_bound

    from rated

),

ranked as (

    select
        *,
        row_number() over step as place,
        lead(variant) over step as next_variant,
        lead(won) over step as next_won,
        lead(sent) over step as next_sent

    from bounded

    window step as (
        partition by workspace_id, step_id
        order by rate desc, sent desc, variant asc
    )

),

tested as (

    select
        *,
        (won / sent - next_won / next_sent) / nullif(
            sqrt(
                (won + next_won) / (sent + next_sent)
                * (1 - (won + next_won) / (sent + next_sent))
                * (1 / sent + 1 / next_sent)
            ),
            0
        ) as z,
        least(won, sent - won, next_won, next_sent - next_won) >= 5 as is_enough

    from ranked

)

select
    campaign_name,
    step_number,
    step_action,
    variant as winner,
    next_variant,
    round(rate, 4) as rate,
    round(lower_bound, 4) as lower_bound,
    round(upper_bound, 4) as upper_bound,
    round(next_won / next_sent, 4) as next_rate,
    round(z, 2) as z,
    coalesce(is_enough and abs(z) >= 1.96, false) as is_sure

from tested

where place = 1

order by
    campaign_name,
    step_number
