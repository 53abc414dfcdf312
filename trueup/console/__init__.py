"""The console: pages on which people see accounts, campaigns and replies, and act.

Belongs here: an app and a process of its own, who may come in, and the pages. Does not:
rules. A page asks the database what is so and what may be done, and each change is one
of the engine's functions, called as `operator` with the signed-in person as the actor.
Webhooks come to `trueup.web`, which faces the internet; this app does not.
"""
