"""A provider on loopback that speaks Unipile's contract, for a first look and tests.

Belongs here: what the real provider does, as far as this project can notice it, and a
journal of what really happened. Nothing of trueup's own rules does: the sandbox neither
reads the database nor knows of campaigns.
"""
