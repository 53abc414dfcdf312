"""A stand-in for the Unipile API that runs on this machine.

Belongs here: the provider's HTTP contract, the people and accounts behind it, faults on
demand, and a journal of all that happened. Imports nothing of trueup.
"""
