"""Accounts as the provider knows them: connected, disconnected, reconnected.

Belongs here: asking the provider about accounts, hosted login pages, and what follows
when an account is back.
"""
