"""Endpoints: other programs that are told events of a workspace by signed webhooks.

Belongs here: calling an endpoint, the signature, and the loop over what is due. Does
not: which events there are, and when a delivery is tried again
(`sql/functions/endpoints/`).
"""
