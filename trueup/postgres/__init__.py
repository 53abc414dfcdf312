"""The embedded Postgres server, connections and migrations.

Belongs here: everything that a script or a test needs before its first query. Does not:
queries about campaigns, accounts or sends.
"""
