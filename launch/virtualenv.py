"""Makes `.venv` from `requirements.lock`, again whenever that file changes.

Belongs here: code that needs the standard library alone, because it runs before any
package is installed, with the Python 3.11 to 3.13 that `scripts/ensure_venv` found.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = PROJECT_ROOT / "requirements.lock"
VIRTUALENV = PROJECT_ROOT / ".venv"
STAMP = VIRTUALENV / "made-from"
LOCAL_FOLDER = PROJECT_ROOT / ".local"


def main() -> None:
    """Makes a complete `.venv`, or ends with a sentence that says why not."""
    # It holds secrets, logs and the database of this checkout.
    LOCAL_FOLDER.mkdir(mode=0o700, exist_ok=True)
    with _locked(LOCAL_FOLDER / "venv-lock"):
        if not _is_made():
            _refuse_while_in_use()
            _make()
        _make_known()


def wanted_stamp() -> str:
    """What a complete `.venv` was made from: the lock file and its own path."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    # The programs of a virtualenv name its path.
    return f"{digest}\n{VIRTUALENV}\n"


def _is_made() -> bool:
    if not os.access(VIRTUALENV / "bin" / "python", os.X_OK):
        return False
    return STAMP.is_file() and STAMP.read_text() == wanted_stamp()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Waiting for another start, which makes .venv…")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _refuse_while_in_use() -> None:
    with (LOCAL_FOLDER / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(
                f"requirements.lock has changed, and trueup runs from {VIRTUALENV}; "
                "stop it with Ctrl-C in its terminal, then start again."
            )


def _make() -> None:
    _say("Installing the packages of requirements.lock into .venv (once)…")
    if VIRTUALENV.exists():
        shutil.rmtree(VIRTUALENV)
    _run([sys.executable, "-m", "venv", str(VIRTUALENV)], "make .venv")
    pip = [str(VIRTUALENV / "bin" / "python"), "-m", "pip", "install"]
    quietly = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-compile"]
    # The lock names every package, so no dependency is looked up.
    exactly = ["--require-hashes", "--no-deps", "--requirement", str(REQUIREMENTS)]
    _run([*pip, *quietly, *exactly], "install the packages of requirements.lock")
    # pip would compile on one core. What cannot be compiled is no program of ours.
    packages = next(VIRTUALENV.glob("lib/python3.*/site-packages"))
    compiling = ["-m", "compileall", "-q", "-j", "0", str(packages)]
    subprocess.run([pip[0], *compiling], stdout=subprocess.DEVNULL, check=False)
    STAMP.write_text(wanted_stamp())
    _say("The packages are installed.")


def _make_known() -> None:
    """Lets programs of `.venv`, such as `dg`, find the project's packages."""
    (packages,) = VIRTUALENV.glob("lib/python3.*/site-packages")
    path = packages / "trueup.pth"
    if not path.is_file():
        path.write_text(f"{PROJECT_ROOT}\n")


def _run(argv: list[str], does: str) -> None:
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    environment.pop("PYTHONPATH", None)
    result = subprocess.run(argv, env=environment, cwd=PROJECT_ROOT)
    if result.returncode != 0:
        sys.exit(
            f"{argv[0]} could not {does}; its own words are above. Correct that "
            "(is the package index reachable?), then start again."
        )


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; the next start makes .venv anew.")
