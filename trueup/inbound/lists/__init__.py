"""The provider's lists, walked and kept: invitations, relations, chats.

Belongs here: walking a list, keeping the walk with its completeness, and handing it to
the SQL functions that decide by it.
"""
