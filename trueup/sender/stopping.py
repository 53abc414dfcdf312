"""Signals that request a stop at the next safe moment.

Belongs here: the handlers and their restoration. Does not: finishing or releasing work
(`round.py`, `in_flight.py`).
"""

import contextlib
import signal
import threading
from collections.abc import Iterator

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def stopping_on_signals(*, passes_on: bool = False) -> Iterator[threading.Event]:
    """Makes SIGTERM and SIGINT set the event inside the block, without an interrupt.

    passes_on: raise the signal again at the end, for the previous handler. Outside the
        main thread no signal can be handled, and the event stays unset.
    """
    is_stopping = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield is_stopping
        return
    received: list[int] = []

    def note(number: int, _frame: object) -> None:
        received.append(number)
        is_stopping.set()

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield is_stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if passes_on and received:
        signal.raise_signal(received[0])
