"""The provider's lists, walked and stored: invitations, relations, chats.

Belongs here: walking a list, storing the walk with its completeness, and calling the
SQL functions that decide by it.
"""
