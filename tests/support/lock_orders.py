"""What a writer has locked already while it waits for a lock.

Belongs here: sessions that hold, wait and look. Does not: which order is right, which
docs/architecture.md says.
"""

import threading

import psycopg

# How each kind of row is locked by those who change it.
LOCKS = {
    "campaign": "select from outreach.campaigns where campaign_id = %s"
    " for no key update",
    "account": "select from outreach.linkedin_accounts where account_id = %s"
    " for no key update",
    "person": "select from outreach.prospects where prospect_id = %s for no key update",
}


class _Thread(threading.Thread):
    """Keeps what the act raised."""

    def __init__(self, act, connection):
        super().__init__(daemon=True)
        self.act, self.connection, self.error = act, connection, None

    def run(self):
        try:
            self.act(self.connection)
        except Exception as error:
            self.error = error


def locked_while_waiting(database, act, held, others):
    """Which rows of `others` the act has locked when it waits for the row `held`.

    act: is given a connection in autocommit, as the owner. A row is its kind and id.
    """
    with (
        database.connect() as holder,
        database.connect(autocommit=True) as actor,
        database.connect(autocommit=True) as watcher,
    ):
        holder.execute(LOCKS[held[0]], [held[1]])
        thread = _Thread(act, actor)
        thread.start()
        while thread.is_alive() and not _waits(watcher, actor):
            pass
        assert thread.is_alive(), thread.error or "it did not wait"
        locked = [row for row in others if not _is_free(watcher, row)]
        holder.rollback()
        thread.join()
        if thread.error is not None:
            raise thread.error
        return locked


def _waits(watcher, connection):
    return watcher.execute(
        "select exists (select 1 from pg_locks where pid = %s and not granted)",
        [connection.info.backend_pid],
    ).fetchone()[0]


def _is_free(watcher, row):
    try:
        watcher.execute(f"{LOCKS[row[0]]} nowait", [row[1]])
    except psycopg.errors.LockNotAvailable:
        return False
    return True
