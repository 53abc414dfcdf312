"""The source's incidents as rows: what the tables held before each fix.

Belongs here: one module per incident, each with a `load` that takes a connection and
the moment that is now, and says what it loaded. Tests and scripts load the same rows.
Only beside the project's own sandbox: nothing here is ever sent to a real provider.
"""
