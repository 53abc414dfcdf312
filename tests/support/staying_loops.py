"""Loops of a process that stays, worked for one look each.

Belongs here: running one loop in this thread until it has looked once.
"""

import os
import threading

from trueup.staying.loops import Ends
from trueup.staying.work import loops_of


class OneLook:
    """A listener that relieves its loop once it has looked, or failed."""

    def __init__(self):
        self.ends = Ends(threading.Event(), threading.Event())
        self.reports = {}
        self.troubles = []

    def report(self, asset, done):
        self.reports[asset] = done

    def trouble(self, sentence):
        self.troubles.append(sentence)
        self.ends.relieved.set()

    def ready(self):
        self.ends.relieved.set()


def one_look(name):
    """The reports, by asset, of one look of the loop at the environment's provider."""
    listener = OneLook()
    dsn, api_key = os.environ["UNIPILE_DSN"], os.environ["UNIPILE_API_KEY"]
    (loop,) = [each for each in loops_of("w1", [(dsn, api_key)]) if each.name == name]
    loop.run(listener, listener.ends)
    return listener.reports
