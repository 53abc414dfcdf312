-- How far have the people of each campaign come (first columns), and in which state is
-- each of them now (last columns, which add up to people_count)?
select
    campaign_name,
    count(*) as people_count,
    count(invited_at) as invited_count,
    count(*) filter (where is_accepted) as accepted_count,
    count(first_message_at) as messaged_count,
    count(first_replied_at) as replied_count,
    count(*) filter (where linkedin_status = 'ready_to_invite') as ready_to_invite,
    count(*) filter (where linkedin_status = 'pending_accept') as pending_accept,
    count(*) filter (where linkedin_status = 'ready_to_message') as ready_to_message,
    count(*) filter (where linkedin_status = 'pending_template_fix')
        as pending_template_fix,
    count(*) filter (where linkedin_status = 'replied') as ended_replied,
    count(*) filter (where linkedin_status = 'completed') as ended_completed,
    count(*) filter (where linkedin_status = 'failed') as ended_failed,
    count(*) filter (where linkedin_status = 'withdrawn') as ended_withdrawn

from {{ ref('enrollments') }}

group by
    workspace_id,
    campaign_id,
    campaign_name

order by campaign_name asc
