-- Fails for each reason for which the receiver has refused webhooks in the last hour.
-- What to do: old_signature means that the clock of this machine is wrong, or that the
-- provider sends late webhooks with their first signature; wrong_signature and
-- wrong_secret that somebody forges webhooks, or that the secret of an endpoint is not
-- known here: run webhook_subscriptions. wrong_application and wrong_environment name
-- another application of the provider than ours: set UNIPILE_V2_ENVIRONMENT, or remove
-- the endpoint there. Polls find meanwhile what the refused ones told.
-- A warning: nothing else depends on it.
{{ config(severity='warn') }}

select
    0::bigint as workspace_id,
    reason,
    refused_count,
    newest_refused_at,
    'webhooks refused: ' || reason as subject,
    'The receiver has refused ' || refused_count || ' webhooks since '
    || to_char(refused_hour at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
    || ' UTC: ' || replace(reason, '_', ' ') || '.' as message

from {{ ref('stg_linkedin_webhook_refusals') }}

where newest_refused_at > {{ var('as_of') }} - interval '1 hour'
