"""Pages from templates.

Belongs here: the Jinja environment, what every template finds in it, and pages that say
why there is nothing else. Does not: the words for times and numbers (`shown.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trueup.console import charts, shown
from trueup.console.endings import STOPPED, why_ended

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: its word and its path."""

    word: str
    path: str


# In this order. An entry is shown once the app has a page at its path.
NAVIGATION = (
    Place("Today", "/today"),
    Place("Accounts", "/accounts"),
    Place("Campaigns", "/campaigns"),
    Place("People", "/people"),
    Place("Replies", "/replies"),
)


def environment() -> jinja2.Environment:
    """The templates of `html/`. What they are given is escaped, and must be given."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "html"),
        autoescape=True,
        # A release changes templates, and starts the console again.
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(shown.FILTERS)
    made.globals.update(
        bars_of=charts.bars_of,
        share_of=charts.share_of,
        stopped=frozenset(STOPPED),
        why_ended=why_ended,
    )
    return made


_ENVIRONMENT = environment()


@dataclass(frozen=True)
class Refusal:
    """Why an act was not done, and what was typed, so that the page can show both.

    act: the last part of the act's path, by which its form knows that it is meant.
    fields: a sentence for each field that is wrong.
    """

    act: str
    sentence: str
    typed: Mapping[str, str]
    fields: Mapping[str, str]

    @property
    def is_question(self) -> bool:
        """Whether the act only waits for a yes (`forms.ask`)."""
        return "asked" in self.fields


def render(
    request: Request, template: str, *, status: int = 200, **context: object
) -> Response:
    """The page; every template also finds person, places, note, refusal and path."""
    sessions = request.app.state.sessions
    refusal: Refusal | None = getattr(request.state, "refusal", None)
    text = _ENVIRONMENT.get_template(template).render(
        person=request.state.person,
        places=request.app.state.places,
        note=sessions.note_of(request),
        refusal=refusal,
        path=request.url.path,
        query=request.url.query,
        **context,
    )
    is_refused = refusal is not None and not refusal.is_question
    response = HTMLResponse(text, status_code=422 if is_refused else status)
    sessions.take_note_away(request, response)
    return response


def refuse(
    request: Request,
    status: int,
    sentence: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page of one sentence. It needs neither a database nor a signed-in person."""
    text = _ENVIRONMENT.get_template("refused.html").render(
        person=request.state.person,
        places=request.app.state.places,
        note=None,
        refusal=None,
        path=request.url.path,
        query="",
        status=status,
        title=_TITLES.get(status) or HTTPStatus(status).phrase,
        sentence=sentence,
    )
    return HTMLResponse(text, status_code=status, headers=headers)


_TITLES = {
    401: "Sign in again",
    403: "Not done",
    404: "No such page",
    413: "Too large",
    422: "Not done",
    503: "Not available now",
}
