"""Starts the services of trueup on one machine, restarts them, and ends them.

Belongs here: processes, ports, locks and the report of a start. Does not: any decision
of the services themselves.
"""
