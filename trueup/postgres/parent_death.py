"""Runs a command that ends when the process that started it ends.

Belongs here: the parent-death signal of Linux, set in the child itself so that the
starter may have threads. Does not: any import of a package, because each child first
runs this file alone, without a path. macOS has no such signal, so the command runs
without it.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence

_PR_SET_PDEATHSIG = 1


def tied_to_this_process(
    argv: Sequence[str],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    user: tuple[int, int] | None = None,
) -> list[str]:
    """Wraps `argv` so that it gets `death_signal` when this process dies.

    `user` is the (uid, gid) to switch to first, because a later switch would clear the
    signal. Start it from the main thread: the signal is sent when the starting thread
    ends.
    """
    uid, gid = user if user is not None else (-1, -1)
    wrapper = [sys.executable, "-I", "-S", __file__]
    settings = [os.getpid(), int(death_signal), uid, gid]
    return [*wrapper, *(str(setting) for setting in settings), *argv]


def die_with_parent(death_signal: signal.Signals) -> None:
    """Gives this process the signal when the thread that forked it ends."""
    set_death_signal = _death_signal_setter()
    if set_death_signal is not None:
        set_death_signal(_PR_SET_PDEATHSIG, death_signal)


def _become(uid: int, gid: int) -> None:
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _death_signal_setter() -> Callable[[int, int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    return ctypes.CDLL(None).prctl


def main() -> None:
    """Replaces this process with the command in sys.argv; never returns."""
    parent, death_signal, uid, gid = (int(argument) for argument in sys.argv[1:5])
    argv = sys.argv[5:]
    # Loaded first, because the other user may not be allowed to read Python's files.
    set_death_signal = _death_signal_setter()
    _become(uid, gid)
    if set_death_signal is not None:
        set_death_signal(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            sys.exit("the process that started this one is gone")
    # Python ignores these signals; the command must not inherit that.
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        sys.exit(f"{argv[0]} could not be run: {error.strerror}")


if __name__ == "__main__":
    main()
