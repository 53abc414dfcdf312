-- The people of one workspace: in turn ready to invite and ready to message, due 6 to 65
-- minutes ago; every other one without a job, the rest with one an hour off.
with

people as (

    insert into outreach.prospects (workspace_id, provider_id, first_name)
    select
        %(workspace_id)s,
        'ACoAA-lagging-' || %(workspace_id)s || '-' || number,
        'Ada'
    from generate_series(1, %(count)s) as number
    returning prospect_id

),

numbered as (

    select
        prospect_id,
        row_number() over (order by prospect_id) as number
    from people

),

enrolled as (

    insert into outreach.campaign_prospects (
        workspace_id, campaign_id, prospect_id, account_id, current_step_id,
        linkedin_status, next_action_at, linkedin_invited_at, linkedin_accepted_at,
        created_at
    )
    select
        %(workspace_id)s,
        %(campaign_id)s,
        prospect_id,
        %(account_id)s,
        case when number %% 4 < 2 then %(invite_step_id)s else %(message_step_id)s end,
        case when number %% 4 < 2 then 'ready_to_invite' else 'ready_to_message' end,
        %(as_of)s::timestamptz - make_interval(mins => 6 + number::integer %% 60),
        case when number %% 4 >= 2 then %(as_of)s::timestamptz - interval '10 days' end,
        case when number %% 4 >= 2 then %(as_of)s::timestamptz - interval '5 days' end,
        %(as_of)s::timestamptz - interval '20 days'
    from numbered
    returning
        enrollment_id,
        prospect_id,
        current_step_id,
        linkedin_status,
        next_action_at

),

told as (

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, prospect_id, account_id, event_type,
        occurred_at, status_seq, to_status, actor
    )
    select
        %(workspace_id)s,
        enrollment_id,
        %(campaign_id)s,
        prospect_id,
        %(account_id)s,
        'enrolled',
        %(as_of)s::timestamptz - interval '20 days',
        0,
        linkedin_status,
        'll_274'
    from enrolled

)

insert into outreach.campaign_send_jobs (
    workspace_id, enrollment_id, campaign_id, step_id, account_id, action, run_at
)
select
    %(workspace_id)s,
    enrolled.enrollment_id,
    %(campaign_id)s,
    enrolled.current_step_id,
    %(account_id)s,
    case enrolled.linkedin_status
        when 'ready_to_invite' then 'send_invite'
        else 'send_message'
    end,
    enrolled.next_action_at
    + case when numbered.number %% 8 < 4 then interval '2 hours' else '-1 hour' end
from enrolled
inner join numbered on enrolled.prospect_id = numbered.prospect_id
where numbered.number %% 2 = 0
