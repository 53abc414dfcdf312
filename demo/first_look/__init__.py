"""The first look: the workspaces of LL#273, dated now, for an empty database.

Belongs here: demo accounts, demo people, and the loader that scripts/up calls. It runs
only beside the project's own sandbox; nothing here is ever sent to a real provider.
"""

from demo.first_look.load import FirstLook, is_empty, load_first_look

__all__ = ["FirstLook", "is_empty", "load_first_look"]
