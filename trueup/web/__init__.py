"""What others call over HTTP: the provider's webhooks, and one question about accounts.

Belongs here: the web app, its settings and its process. Nothing is worked out in a
request: webhooks are kept for `trueup.inbound`, figures come from a mart.
"""
