"""The provider: its HTTP client, and a sandbox that speaks the same contract.

Nothing here knows of Dagster or of the database.
"""
