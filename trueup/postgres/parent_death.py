"""Runs a command that ends when the process that started it ends.

Belongs here: the parent-death signal of Linux, set in the child itself so that the
starter may have threads. Does not: anything that imports a package, because the file
also runs alone, without a path, as the first moment of each child. On macOS there is
no such signal, and the command just runs.
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

    `user` is the (uid, gid) to become first: becoming another user later would clear
    the signal. Start it from the main thread: the kernel watches the thread.
    """
    uid, gid = user if user is not None else (-1, -1)
    wrapper = [sys.executable, "-I", "-S", __file__]
    settings = [os.getpid(), int(death_signal), uid, gid]
    return [*wrapper, *(str(setting) for setting in settings), *argv]


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
    """Becomes the command in sys.argv; never returns."""
    parent, death_signal, uid, gid = (int(argument) for argument in sys.argv[1:5])
    argv = sys.argv[5:]
    # Loaded first: the other user may not be allowed to read Python's own files.
    set_death_signal = _death_signal_setter()
    _become(uid, gid)
    if set_death_signal is not None:
        set_death_signal(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            sys.exit("the process that started this one is gone")
    # Python ignores these for itself; the command should not inherit that.
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        sys.exit(f"{argv[0]} could not be run: {error.strerror}")


if __name__ == "__main__":
    main()
