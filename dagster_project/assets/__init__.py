"""Dagster's assets, thin: one module per group of assets.

Belongs here: keys, descriptions, metadata. What an asset does is a plain function or a
dbt model elsewhere.
"""
