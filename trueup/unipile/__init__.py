"""The HTTP client of the Unipile API.

Belongs here: requests and answers. Does not: Dagster, the database, or the sandbox
(`unipile_sandbox/`).
"""
