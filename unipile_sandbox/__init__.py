"""A provider on loopback that speaks Unipile's contract.

Belongs here: the HTTP contract, the accounts and people behind it, faults on demand, a
virtual clock, and a journal of all actions. The sandbox neither reads a database nor
knows of campaigns, and imports nothing of trueup. See README.md.
"""
