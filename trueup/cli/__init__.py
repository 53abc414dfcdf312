"""The command line `trueup`: commands, options and output.

Belongs here: commands, their options, and tables. Does not: the work of a command,
which is a function of another package or of the database.
"""
