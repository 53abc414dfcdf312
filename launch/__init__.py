"""What starts trueup on one machine, and what ends it again.

Belongs here: processes, ports, locks and the words printed while starting. Does not:
anything that a run of trueup decides once its services are up.
"""
