"""The incidents: the rows before the fix, what runs, and the figures afterwards.

Belongs here: one module per incident, whose INCIDENT says how it is replayed and which
figures are wanted; `registry` lists them. Tests, `trueup incident replay` and
scripts/up share them. Nothing here is ever sent to a real provider.
"""
