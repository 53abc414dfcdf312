"""Endpoints and their deliveries, as tests arrange and read them.

Belongs here: plain helpers that tests of endpoints and of their assets share.
"""

from tests.support.rows import NOON

URL = "https://crm.example.com/hook"


def add_endpoint(connection, workspace_id, *events, url=URL, as_of=NOON):
    """An endpoint that wants these events, all if none are given; (id, secret)."""
    return connection.execute(
        "select endpoint_id, secret from outreach.add_endpoint(%s, %s, %s, 'test', %s)",
        [workspace_id, url, list(events) or None, as_of],
    ).fetchone()


def deliveries(connection, columns="event_type"):
    """These columns of every delivery, in the order in which they were queued."""
    rows = connection.execute(
        f"select {columns} from outreach.endpoint_deliveries order by delivery_id"
    ).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


def queue_event(connection, workspace_id, key="one", as_of=NOON):
    """A delivery of reply.received for each endpoint that wants it."""
    return connection.execute(
        "select outreach.queue_endpoint_event(%s, 'reply.received', %s, %s,"
        ' \'{"text": "Tell me more: é"}\', %s)',
        [workspace_id, key, as_of, as_of],
    ).fetchone()[0]
