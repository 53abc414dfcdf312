"""What Postgres says about an error, as sentences for a person.

Belongs here: the message and the hint, without the context of functions and the text of
queries that psycopg's own text of an error has. Does not: which errors a command or a
page expects.
"""

import psycopg

HELD_ROWS = "Another change held the same rows. Do it again."


def sentence_of(error: psycopg.Error) -> str:
    """The message and the hint. A deadlock is told by what to do."""
    if isinstance(error, psycopg.errors.DeadlockDetected):
        return HELD_ROWS
    return f"{message_of(error)}. {error.diag.message_hint or ''}".strip()


def message_of(error: psycopg.Error) -> str:
    """The message alone, on one line and without a full stop.

    What the client says of a lost connection has several lines.
    """
    said = error.diag.message_primary or str(error)
    return " ".join(said.split()).rstrip(".")
