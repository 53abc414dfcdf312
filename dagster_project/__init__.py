"""Dagster's definitions: assets, jobs, schedules, sensors, partitions, plots.

Belongs here: what imports Dagster. Does not: what an asset does, which is a function of
`trueup` or a dbt model.
"""
