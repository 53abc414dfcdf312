"""Exports of prospects from other tools, read and enrolled.

Belongs here: reading files, their columns, names and profile addresses. Does not: who
may be enrolled, which is decided in `sql/functions/imports/`.
"""
