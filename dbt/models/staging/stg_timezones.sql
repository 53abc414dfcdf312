select timezone

from {{ source('outreach', 'timezones') }}
