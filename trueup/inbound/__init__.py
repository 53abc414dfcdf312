"""What the provider knows and we do not: its lists, read and kept.

Belongs here: walking the provider's lists, keeping what was seen, and handing it to the
functions in `sql/functions/` that decide by it. No Dagster here.
"""
