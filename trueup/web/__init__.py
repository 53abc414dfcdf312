"""The web app: the provider's webhooks, and the last activity of accounts.

Belongs here: the app, its settings and its process. Does not: processing webhooks,
which are stored for `trueup.inbound`, or computing figures, which a mart has.
"""
