"""A file outside the database that knows the newest send of each timeline.

Belongs here: keeping it, and refusing a database that is older than it, a copy, or
unknown to this machine. Does not: what was sent since (trueup.inbound.restored).
"""

import contextlib
import dataclasses
import datetime as dt
import json
import os
import secrets
from pathlib import Path

import psycopg

from trueup.paths import LOCAL_FOLDER

FOLDER_VARIABLE = "TRUEUP_WITNESS_FOLDER"

_SENTENCES = {
    "behind": (
        "The database {database} is older than the last send from this machine: it was "
        "restored from a backup, or it is a replica that lags behind. Going on would "
        "repeat what was sent since. Run `trueup db after-restore`: it asks the "
        "provider what that was."
    ),
    "copied": (
        "The database {database} is a copy: its ledger was written in another "
        "database. If it was restored from a backup, run `trueup db after-restore`. If "
        "nothing was sent since the copy was made, and nothing sends from the original "
        "any more, run `trueup db adopt`. A copy for tests must not send at all."
    ),
    "unwitnessed": (
        "The database {database} holds sends, and this machine has no record of them "
        "in {folder}. If it may have been restored from a backup, run `trueup db "
        "after-restore`. If this machine is new, or the folder was lost, run `trueup "
        "db adopt`."
    ),
}


class RefusedLedgerError(Exception):
    """No sender may work with this database; the text is a sentence for a person."""

    def __init__(self, objection: str, sentence: str) -> None:
        super().__init__(sentence)
        self.objection = objection

    def __reduce__(self) -> tuple[type["RefusedLedgerError"], tuple[str, str]]:
        return RefusedLedgerError, (self.objection, str(self))


@dataclasses.dataclass(frozen=True)
class SeenAttempt:
    """An attempt that a sender has begun."""

    workspace_id: int
    attempt_id: int
    begun_at: dt.datetime


@dataclasses.dataclass(frozen=True)
class _Kept:
    """What one file says: the newest attempt of a process, or that the ledger left."""

    attempt: SeenAttempt | None
    was_left: bool

    @property
    def attempt_id(self) -> int:
        return 0 if self.attempt is None else self.attempt.attempt_id


_NOTHING = _Kept(None, was_left=False)


class Witness:
    """The newest attempt that the senders of this machine have begun, by timeline.

    Each instance writes one small JSON file of its own, replaced by a rename, so that a
    sender that is frozen holds up no other; the newest attempt of all files counts. The
    files are not flushed to the disk: that would cost more than the round's commit. A
    machine that loses power may therefore know a few attempts too few.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or witness_folder()
        self._token = secrets.token_hex(8)
        self._has_merged = False

    def seen(self, timeline: object) -> SeenAttempt | None:
        """The newest attempt of the timeline; none where nothing is known."""
        kept = self._all_kept(timeline).values()
        return max(kept, key=lambda each: each.attempt_id, default=_NOTHING).attempt

    def was_left(self, timeline: object) -> bool:
        """Whether the ledger went on under a new timeline, so this one is a backup."""
        return any(each.was_left for each in self._all_kept(timeline).values())

    def knows(self, timeline: object) -> bool:
        """Whether this machine has worked with the timeline, even without a send."""
        return bool(self._all_kept(timeline))

    def meet(self, timeline: object) -> None:
        """Keep that this machine works with the timeline, if it is new here."""
        if not self.knows(timeline):
            self._keep(self._path(timeline), _NOTHING)

    def note(self, timeline: object, attempt: SeenAttempt) -> None:
        """Keep the attempt, unless this instance knows a newer one of the timeline."""
        path = self._path(timeline)
        own = self._read(path)
        if own is None or own.attempt_id < attempt.attempt_id:
            self._keep(path, _Kept(attempt, was_left=False))
        if not self._has_merged:
            self._has_merged = True
            self._merge(timeline)

    def leave(self, timeline: object) -> None:
        """Refuse every database of this timeline from now on."""
        left = self.folder / f"{timeline}.left.json"
        self._keep(left, _Kept(self.seen(timeline), was_left=True))

    def _merge(self, timeline: object) -> None:
        """Remove files that know no newer attempt than this one's.

        A file is renamed first and read again, because its process may be alive: what
        it wrote meanwhile stays until it is kept here.
        """
        own = self._path(timeline)
        newest = self._read(own) or _NOTHING
        for path, kept in self._all_kept(timeline).items():
            if path == own or kept.was_left or kept.attempt_id > newest.attempt_id:
                continue
            taken = self.folder / f"{timeline}.{secrets.token_hex(8)}.json"
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue  # another sender merges it
            last = self._read(taken)
            if last is not None and last.attempt_id <= newest.attempt_id:
                taken.unlink(missing_ok=True)

    def _all_kept(self, timeline: object) -> dict[Path, _Kept]:
        """What each file of the timeline says."""
        while True:
            paths = list(self.folder.glob(f"{timeline}*.json"))
            kept = {path: self._read(path) for path in paths}
            # What a file said that is gone is in another one by now.
            if None not in kept.values():
                return {path: each for path, each in kept.items() if each is not None}

    def _read(self, path: Path) -> _Kept | None:
        """What a file says; None if there is no such file."""
        try:
            told = json.loads(path.read_text("utf-8"))
            attempt = None
            if told["attempt_id"] is not None:
                attempt = SeenAttempt(
                    told["workspace_id"],
                    told["attempt_id"],
                    dt.datetime.fromisoformat(told["begun_at"]),
                )
            return _Kept(attempt, told["was_left"])
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError):
            raise RefusedLedgerError(
                "unreadable",
                f"{path} cannot be read, so it is not known whether this database is "
                "the newest. Run `trueup db after-restore` if it may be a backup, then "
                "remove the file and run `trueup db adopt`.",
            ) from None

    def _keep(self, path: Path, kept: _Kept) -> None:
        attempt = kept.attempt
        told = {
            "workspace_id": attempt and attempt.workspace_id,
            "attempt_id": attempt and attempt.attempt_id,
            "begun_at": attempt and attempt.begun_at.isoformat(),
            "was_left": kept.was_left,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{secrets.token_hex(8)}.unfinished")
        unfinished.write_text(json.dumps(told) + "\n", "utf-8")
        unfinished.replace(path)

    def _path(self, timeline: object) -> Path:
        """The file of this instance."""
        return self.folder / f"{timeline}.{self._token}.json"


def witness_folder() -> Path:
    """Where this machine's senders keep their witness."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given) if given else LOCAL_FOLDER / "witness"


def refuse_old_or_copied(
    connection: psycopg.Connection, witness: Witness
) -> object | None:
    """The timeline of a database that a sender may work with.

    Raises RefusedLedgerError, whose sentence says what to run.
    """
    timeline = timeline_of(connection)
    objection = objection_to(connection, witness, timeline)
    # Another sender of this machine commits its first attempt before it notes it. It
    # met the timeline while the ledger was empty.
    if objection == "unwitnessed" and witness.knows(timeline):
        objection = None
    if objection is not None:
        raise refusal(connection, witness, objection)
    if timeline is not None:
        # If nothing can be written, the first send's note fails and no call is made.
        with contextlib.suppress(OSError):
            witness.meet(timeline)
    return timeline


def refuse_copy(connection: psycopg.Connection) -> None:
    """Raises RefusedLedgerError if the database is a copy.

    For what tells other programs and makes no attempt of its own.
    """
    row = connection.execute(
        "select outreach.ledger_objection(null, null, null)"
    ).fetchone()
    if row == ("copied",):
        raise refusal(connection, Witness(), "copied")


def refusal(
    connection: psycopg.Connection, witness: Witness, objection: str
) -> RefusedLedgerError:
    """The objection as a sentence that says what to run."""
    sentence = _SENTENCES[objection].format(
        database=connection.info.dbname, folder=witness.folder
    )
    return RefusedLedgerError(objection, sentence)


def objection_to(
    connection: psycopg.Connection, witness: Witness, timeline: object | None
) -> str | None:
    """What speaks against sending: see outreach.ledger_objection()."""
    if witness.was_left(timeline):
        return "behind"
    seen = witness.seen(timeline)
    row = connection.execute(
        "select outreach.ledger_objection(%s, %s, %s)",
        [None] * 3 if seen is None else list(dataclasses.astuple(seen)),
    ).fetchone()
    assert row is not None
    return row[0]


def timeline_of(connection: psycopg.Connection) -> object | None:
    """The timeline that the database is on; none where it has no identity."""
    row = connection.execute("select timeline from outreach.ledger_identity").fetchone()
    return None if row is None else row[0]


def note_newest(connection: psycopg.Connection, witness: Witness) -> None:
    """Keep the newest attempt of the whole ledger, if it has any."""
    row = connection.execute(
        "select workspace_id, attempt_id, begun_at from outreach.send_attempts"
        " order by attempt_id desc limit 1"
    ).fetchone()
    if row is not None:
        witness.note(timeline_of(connection), SeenAttempt(*row))


def adopt(
    connection: psycopg.Connection, witness: Witness | None, actor: str
) -> object:
    """Make this database the ledger's own, on a new timeline with a witness here."""
    row = connection.execute("select outreach.adopt_ledger(%s)", [actor]).fetchone()
    assert row is not None
    if witness is not None:
        note_newest(connection, witness)
    return row[0]
