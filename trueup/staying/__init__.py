"""The work that never ends, in one process that stays.

Belongs here: the loops over the queue, webhooks, the provider's lists and deliveries to
endpoints, each in a thread, and how a process hands them over to the next one. Does
not: what a loop does when it finds work (`trueup.sender`, `trueup.inbound`,
`trueup.endpoints`). No Dagster.
"""
