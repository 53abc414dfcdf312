"""Repairs of stored values from the rows that prove them.

Belongs here: calling a heal's SQL function workspace by workspace, and reporting its
changes. Does not: the rules (`sql/functions/`), or Dagster.
"""
