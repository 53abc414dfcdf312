"""The routes of version 2."""
