"""The engine in plain Python: sending, listening, campaigns, imports, heals, alerts.

Belongs here: HTTP, templates, files, processes and what people type. Does not: rules
about rows (`sql/`), derived figures (`dbt/`), schedules (`dagster_project/`). Nothing
here imports Dagster.
"""
