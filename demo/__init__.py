"""What shows trueup at work beside its sandbox: the incidents and the first look.

Belongs here: demo accounts and people, the incidents as they stood, and the comparison
of the sandbox's journal with the ledger. Nothing here is ever sent to a real provider.
"""
