"""Webhooks: the subscriptions at the provider, and their deliveries.

Belongs here: planning, auditing and repairing subscriptions, and turning deliveries
into `linkedin_events`. Does not: receiving them over HTTP (`trueup.web`).
"""
