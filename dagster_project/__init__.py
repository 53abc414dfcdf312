"""When trueup runs, and the Python that SQL cannot be.

Belongs here: Dagster's definitions and the sender, inbound events, templates, the
provider's client, and what starts Postgres. Does not: rules (see `sql/`) and derived
figures (see `dbt/`).
"""
