-- depends_on: {{ ref('stg_campaigns') }}
-- depends_on: {{ ref('stg_whole_provider_reads') }}

{{ accept_stats_of(ref('int_accept_facts')) }}
