"""Running dbt models in this process, at a past moment, and their documentation.

Belongs here: calling dbt and reading its results. Does not: Dagster's assets of the
models, or the models themselves (`dbt/`).
"""
