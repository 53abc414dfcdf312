"""The command line `trueup`: what a person can ask for, and how the answer is printed.

Belongs here: commands, their options, and tables. Does not: what a command does, which
is a function of another package or of the database.
"""
