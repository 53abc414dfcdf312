"""Sensors of the models location, one per module.

Belongs here: reading what is new in Dagster's event log, and acting on it. Does not:
rows and messages of alerts (`trueup.alerts`).
"""
