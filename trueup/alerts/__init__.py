"""Alerts for the people who run trueup: one row for each opening, told once.

Belongs here: opening and resolving rows of `linkedin_admin_alerts`, and delivering them
through Apprise. What makes an alert is a dbt test or a failed run; when to look is
Dagster's (`sensors.py`). No Dagster here.
"""
