"""Webhooks: the subscriptions at the provider, and the deliveries that they bring.

Belongs here: planning, auditing and repairing subscriptions, and reading deliveries
into `linkedin_events`. Receiving them over HTTP is `trueup.web`.
"""
