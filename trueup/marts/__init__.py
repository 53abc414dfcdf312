"""dbt models from outside: run in this process, read at a past moment, documented.

Belongs here: calling dbt and reading what it built. Does not: Dagster's assets of the
models, or the models themselves (`dbt/`).
"""
