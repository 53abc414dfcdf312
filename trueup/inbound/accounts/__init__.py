"""The states of accounts at the provider: connected, disconnected, reconnected.

Belongs here: queries about accounts, hosted login pages, and the steps after a
reconnect.
"""
