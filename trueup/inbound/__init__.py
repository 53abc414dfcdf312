"""Inbound data of the provider: lists, webhooks and accounts.

Belongs here: reading from the provider, storing the result, and calling the functions
in `sql/functions/` that decide by it. Does not: Dagster.
"""
