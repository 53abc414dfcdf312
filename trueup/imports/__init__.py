"""Reading and enrolling exports of prospects from other tools.

Belongs here: reading files, their columns, names and profile addresses. Does not: which
people may be enrolled (`sql/functions/imports/`).
"""
