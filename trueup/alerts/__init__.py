"""Alerts for operators: one row for each opening, each delivered once.

Belongs here: opening and resolving rows of `linkedin_admin_alerts`, and delivering them
through Apprise. Does not: the conditions of alerts, which are dbt tests and failed
runs, or the schedule, which is in Dagster's sensors.
"""
