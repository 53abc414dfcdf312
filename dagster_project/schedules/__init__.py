"""Jobs, named for what a person wants to do, and their schedules.

Belongs here: one module per group of jobs. Does not: what an asset does.
"""
