with

candidates as (

    select * from {{ ref('int_stale_next_actions') }}

),

clamps as (

    select * from {{ ref('int_next_action_clamps') }}

),

clamped as (

    select
        candidates.*,
        clamps.clamped_to as windows_clamp

    from candidates

    left join clamps
        on
            candidates.workspace_id = clamps.workspace_id
            and candidates.account_id = clamps.account_id
            and candidates.not_before_at = clamps.not_before_at

),

{# On a Friday night the next window is more than a day ahead. A time up to the clamp
   plus half an hour of jitter is not too far ahead. #}
measured as (

    select
        *,
        case
            when job_status <> 'queued' then run_at
            else windows_clamp
        end as clamped_to,
        coalesce(
            is_too_far_ahead
            and next_action_at > windows_clamp + interval '30 minutes',
            false
        ) as is_farther_than_its_clamp

    from clamped

)

select
    workspace_id,
    enrollment_id,
    campaign_id,
    campaign_name,
    account_id,
    account_name,
    linkedin_status,
    current_step_id,
    is_late,
    is_late_again,
    is_farther_than_its_clamp as is_too_far_ahead,
    is_unpaired,
    is_outside_windows,
    next_action_at,
    job_id,
    job_status,
    run_at,
    blocker,
    clamped_to,
    case
        when is_late then 'late'
        when is_unpaired then 'unpaired'
        when is_farther_than_its_clamp then 'too_far_ahead'
        else 'outside_windows'
    end as kind

from measured

where is_late or is_farther_than_its_clamp or is_unpaired or is_outside_windows
