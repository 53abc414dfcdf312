-- Why has this prospect not been messaged, and when does that lift?
-- Replace ada-lovelace by the last part of the profile's address.
select
    campaign_name,
    account_name,
    prospect_name,
    blocker,
    lifts_at,
    jobs_ahead_count

from {{ ref('enrollment_blockers') }}

where
    {% if var("prospect_id", none) %}
        workspace_id = {{ var("workspace_id") }}
        and prospect_id = {{ var("prospect_id") }}
    {% else %}
        public_identifier = 'ada-lovelace'
    {% endif %}

order by campaign_name
