"""Deployment: a systemd unit, containers, and the commands that only containers need.

Belongs here: unit files and what they start. Does not: what a service does (`launch`).
"""
