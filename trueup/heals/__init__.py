"""Repairs of what is stored for speed or for show, from the rows that prove it.

Belongs here: calling a heal's SQL function workspace by workspace, and saying what it
changed. The rules are in `sql/functions/`. No Dagster here.
"""
