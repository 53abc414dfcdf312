"""Rules of the tree that a build checks: who may write what.

Belongs here: reading SQL, Python and yml as texts and finding writes in them. What the
database itself refuses is in `sql/triggers/`; this says it before anything runs.
"""
