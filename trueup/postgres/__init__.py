"""The database from outside: the embedded server, connections, migrations.

Belongs here: what every script and test needs before the first query. Does not:
queries about campaigns, accounts or sends.
"""
