"""How a page and an act are made: what each module in `pages/` is written with.

Belongs here: the two kinds of routes, connections, and what becomes of errors. A page
is a plain function that reads and renders. An act is a plain function that changes one
thing and says what it has done; if it is refused, its page is shown again with what was
typed.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from trueup.console.databases import DatabaseAwayError
from trueup.console.forms import Form, RefusedError, form_of
from trueup.console.rendering import Refusal, refuse
from trueup.postgres.error_sentences import message_of

Show = Callable[[Request], Response]
"""Renders a page."""

Do = Callable[[Request, Form], Response]
"""Changes something, and returns what `done` returns. Raises RefusedError."""

LARGEST_ID = 2**63 - 1
AWAY = (
    "The database does not answer, so nothing can be shown and nothing was changed. "
    "Load this page again in a moment; `scripts/up` says whether Postgres runs."
)
# Its answer may be what was lost.
AWAY_IN_AN_ACT = (
    "The database does not answer. Look in a moment whether the change was made before "
    "you send it again; `scripts/up` says whether Postgres runs."
)
TOO_SLOW = (
    "The database needed too long for this page and was stopped. Load it again; if "
    "that happens again, look for what keeps it busy."
)
NOT_BUILT = (
    "The figures of this page are built within minutes of the first start. The page "
    "loads itself again until they are there."
)
FAILED = (
    "This page failed through a fault of trueup, and nothing more was done. The log of "
    "the service console says what happened."
)
# What the engine's functions raise when they refuse something, with a sentence.
REFUSALS = (
    psycopg.errors.CheckViolation,
    psycopg.errors.DataError,
    psycopg.errors.ExclusionViolation,
    psycopg.errors.ForeignKeyViolation,
    psycopg.errors.NoDataFound,
    psycopg.errors.NotNullViolation,
    psycopg.errors.ObjectNotInPrerequisiteState,
    psycopg.errors.RaiseException,
    psycopg.errors.UniqueViolation,
)

# Part of `outreach.timezone_hint`, and the fields of forms that name a zone.
_ZONES = "outreach.timezones lists the names"
_ZONE_FIELDS = ("timezone", "zone")

_logger = logging.getLogger("trueup.console")


def page(path: str, show: Show) -> Route:
    """The route of a page."""

    async def answer(request: Request) -> Response:
        return await _answer(request, show)

    return Route(path, answer, methods=["GET"], name=show.__name__)


def act(path: str, do: Do, show: Show, *, largest_file: int = 0) -> Route:
    """The route of an act: a POST, for operators only.

    path: its last part names the act, for the form that sends it. show: the page on
    which the form stands. largest_file: the bytes of the file that it may send.
    """
    name = path.rpartition("/")[2]

    async def answer(request: Request) -> Response:
        form = await form_of(request, largest_file)

        def change(request: Request) -> Response:
            try:
                return do(request, form)
            except RefusedError as refused:
                sentence, fields = refused.sentence, refused.fields
            except REFUSALS as refused:
                sentence = sentence_of(refused)
                fields = _zone_fields(refused, form, sentence)
            except (
                psycopg.errors.LockNotAvailable,
                psycopg.errors.DeadlockDetected,
            ):
                sentence, fields = (
                    ("Another change holds these rows; send this again in a moment."),
                    {},
                )
            typed = {field: form[field] for field in form}
            request.state.refusal = Refusal(name, sentence, typed, fields)
            return show(request)

        return await _answer(request, change)

    return Route(path, answer, methods=["POST"], name=do.__name__)


def reading(request: Request) -> AbstractContextManager[psycopg.Connection]:
    """A read-only snapshot, as the role that reads for the console."""
    return request.app.state.databases.reading()


def previewing(request: Request) -> AbstractContextManager[psycopg.Connection]:
    """A read-only snapshot as `operator`, for texts as the sender renders them."""
    return request.app.state.databases.previewing()


def acting(request: Request) -> AbstractContextManager[psycopg.Connection]:
    """A connection in autocommit, as `operator`; only acts need one."""
    return request.app.state.databases.acting()


def actor_of(request: Request) -> str:
    """The name that the signed-in person typed: the actor of every change."""
    return request.state.person.name


def rows_of(
    connection: psycopg.Connection,
    query: LiteralString,
    values: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()


def parts_of(
    connection: psycopg.Connection, query: LiteralString, values: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """The rows of a query (part, shown) by their part, where a page asks once for all.

    shown: a row as JSON. By the end of its name, a column is a moment (_at, _since), a
    date (_on) or a length of time (_seconds, which its name here leaves out). A part
    without rows is empty.
    """
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for part, shown in connection.execute(query, values):
        parts[part].append(dict(_typed(*column) for column in shown.items()))
    return parts


def _typed(column: str, value: object) -> tuple[str, object]:
    if column.endswith("_seconds"):
        length = timedelta(seconds=value) if isinstance(value, int | float) else None
        return column.removesuffix("_seconds"), length
    if isinstance(value, str) and column.endswith(("_at", "_since")):
        return column, datetime.fromisoformat(value)
    if isinstance(value, str) and column.endswith("_on"):
        return column, date.fromisoformat(value)
    return column, value


def row_of(
    connection: psycopg.Connection, query: LiteralString, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The one row of a query. Raises HTTPException (404) if there is none."""
    found = rows_of(connection, query, values)
    if not found:
        raise HTTPException(
            404, "There is no such thing here; it may have been removed."
        )
    return found[0]


def has_mart(connection: psycopg.Connection, name: str) -> bool:
    """Whether dbt has built the mart, which it does after the first start."""
    (row,) = rows_of(
        connection,
        "select to_regclass(%(name)s) is not null as is_built",
        {"name": f"analytics.{name}"},
    )
    return row["is_built"]


def id_of(request: Request, name: str) -> int:
    """A number of the path. Raises HTTPException (404) for what is no id."""
    text = request.path_params[name]
    if not (text.isascii() and text.isdecimal() and len(text) <= 19):
        raise HTTPException(
            404, f"There is no {name.replace('_id', '')} {text[:40]!r}."
        )
    if not 1 <= int(text) <= LARGEST_ID:
        raise HTTPException(404, f"There is no {name.replace('_id', '')} {text}.")
    return int(text)


def done(request: Request, path: str, sentence: str) -> Response:
    """Leads to a page of our own, which shows the sentence once."""
    response = RedirectResponse(path, status_code=303)
    request.app.state.sessions.leave_note(response, sentence)
    return response


def sentence_of(error: psycopg.Error) -> str:
    """What Postgres says, as sentences: the message, then the hint.

    A violated constraint is told by its name, which is a sentence.
    """
    said = error.diag
    message = message_of(error)
    if isinstance(error, psycopg.errors.CheckViolation) and said.constraint_name:
        message = said.constraint_name.replace("_", " ")
    hint = f" {said.message_hint}" if said.message_hint else ""
    if _ZONES in hint:
        hint, _, example = hint.partition(_ZONES)
        hint = hint.rstrip() or f" The field offers the names{example}"
    return f"{message[:1].upper()}{message[1:]}.{hint}"


def _zone_fields(error: psycopg.Error, form: Form, sentence: str) -> dict[str, str]:
    """The fields of a time zone, if it is the zone that was refused."""
    if _ZONES not in (error.diag.message_hint or ""):
        return {}
    return {name: sentence for name in _ZONE_FIELDS if form[name]}


async def _answer(request: Request, make: Show) -> Response:
    try:
        return await run_in_threadpool(make, request)
    except DatabaseAwayError as away:
        _logger.warning("%s %s: %s", request.method, request.url.path, away)
        sentence = AWAY_IN_AN_ACT if request.method == "POST" else AWAY
        return refuse(request, 503, sentence, {"Retry-After": "5"})
    except psycopg.errors.QueryCanceled:
        _logger.warning("%s %s: too slow", request.method, request.url.path)
        return refuse(request, 503, TOO_SLOW, {"Retry-After": "30"})
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as missing:
        _logger.warning("%s %s: %s", request.method, request.url.path, missing)
        waits = {"Retry-After": "10"}
        if request.method == "GET":
            waits["Refresh"] = "10"
        return refuse(request, 503, NOT_BUILT, waits)
    except HTTPException:
        raise
    except Exception:
        _logger.exception("%s %s failed", request.method, request.url.path)
        return refuse(request, 500, FAILED)
