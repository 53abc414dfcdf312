"""The source's incidents: the rows as they stood, what ended them, and the figures.

Belongs here: one module per incident, whose INCIDENT says how it is replayed and what
must come of it; `registry` lists them. Tests, scripts/replay_incident.py and scripts/up
share them. Only beside the project's own sandbox: nothing here is ever sent to a real
provider.
"""
