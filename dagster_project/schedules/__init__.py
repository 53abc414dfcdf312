"""Jobs, named for what a person wants to do, and when they run by themselves.

Belongs here: a module for each group of jobs, with their schedules. What an asset does
is elsewhere.
"""
