"""A file outside the database that knows the newest send of each timeline.

Belongs here: keeping it, and refusing a database that is older than it, a copy, or
unknown to this machine. Does not: what was sent since (trueup.inbound.restored).
"""

import contextlib
import dataclasses
import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


class Witness:
    """The newest attempt that a sender of this machine has begun, by timeline.

    One small JSON file each. It is replaced at once by a rename, under a lock on the
    folder, and not flushed to the disk: that would cost more than the round's commit. A
    machine that loses power may therefore know a few attempts too few.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or witness_folder()

    def seen(self, timeline: object) -> SeenAttempt | None:
        """The newest attempt of the timeline; none where nothing is known."""
        kept = self._kept(timeline)
        if kept is None or kept["attempt_id"] is None:
            return None
        return SeenAttempt(
            kept["workspace_id"],
            kept["attempt_id"],
            dt.datetime.fromisoformat(kept["begun_at"]),
        )

    def was_left(self, timeline: object) -> bool:
        """Whether the ledger went on under a new timeline, so this one is a backup."""
        kept = self._kept(timeline)
        return kept is not None and kept["was_left"]

    def knows(self, timeline: object) -> bool:
        """Whether this machine has worked with the timeline, even without a send."""
        return self._kept(timeline) is not None

    def meet(self, timeline: object) -> None:
        """Keep that this machine works with the timeline, if it is new here."""
        with self._locked():
            if not self.knows(timeline):
                self._keep(timeline, None)

    def note(self, timeline: object, attempt: SeenAttempt) -> None:
        """Keep the attempt, unless a newer one of the timeline is known."""
        with self._locked():
            seen = self.seen(timeline)
            if seen is None or seen.attempt_id < attempt.attempt_id:
                self._keep(timeline, attempt)

    def leave(self, timeline: object) -> None:
        """Refuse every database of this timeline from now on."""
        with self._locked():
            self._keep(timeline, self.seen(timeline), was_left=True)

    def _kept(self, timeline: object) -> dict[str, Any] | None:
        path = self._path(timeline)
        try:
            return json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError):
            raise RefusedLedgerError(
                "unreadable",
                f"{path} cannot be read, so it is not known whether this database is "
                "the newest. Run `trueup db after-restore` if it may be a backup, then "
                "remove the file and run `trueup db adopt`.",
            ) from None

    def _keep(
        self, timeline: object, attempt: SeenAttempt | None, *, was_left: bool = False
    ) -> None:
        path = self._path(timeline)
        kept = {
            "workspace_id": attempt and attempt.workspace_id,
            "attempt_id": attempt and attempt.attempt_id,
            "begun_at": attempt and attempt.begun_at.isoformat(),
            "was_left": was_left,
        }
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(kept) + "\n", "utf-8")
        unfinished.replace(path)

    def _path(self, timeline: object) -> Path:
        return self.folder / f"{timeline}.json"

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


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
