"""The signed cookies of people who are signed in.

Belongs here: making, reading and ending a session, and the sentence that the next page
shows once. Does not: who may sign in (`pages/sign_in.py`), or what a role may do
(`guard.py`).
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.settings import Role, Settings

SESSION_SECONDS = 12 * 3600
NOTE_SECONDS = 60
LONGEST_NOTE = 1_000


@dataclass(frozen=True)
class Person:
    """Who is signed in. name: as typed at sign-in, the actor of every change."""

    session_id: str
    name: str
    role: Role

    @property
    def may_act(self) -> bool:
        """Whether they may change anything."""
        return self.role == "operator"


class Sessions:
    """Signs sessions and notes with a key of this process.

    A restart therefore ends every session, and a session that was ended cannot be used
    again, by whoever has copied its cookie.
    """

    def __init__(
        self, settings: Settings, port: int, clock: Callable[[], float] = time.time
    ) -> None:
        key = secrets.token_bytes(32)
        self._people = URLSafeTimedSerializer(key, salt="person")
        self._notes = URLSafeTimedSerializer(key, salt="note")
        self._is_secure = settings.is_public
        # Cookies do not know ports: two consoles on one machine need two names.
        prefix = "__Host-" if settings.is_public else ""
        self._cookie = f"{prefix}trueup-console-{port}"
        self._note_cookie = f"{self._cookie}-note"
        self._clock = clock
        self._ended: dict[str, float] = {}

    def begin(self, response: Response, name: str, role: Role) -> None:
        """Puts a new session into the answer."""
        value = {"id": secrets.token_urlsafe(12), "name": name, "role": role}
        self._set(response, self._cookie, self._people.dumps(value), SESSION_SECONDS)

    def person_of(self, request: Request) -> Person | None:
        """The person of the request's cookie; None if it is missing, old or forged."""
        cookie = request.cookies.get(self._cookie)
        if cookie is None:
            return None
        try:
            value = self._people.loads(cookie, max_age=SESSION_SECONDS)
        except BadSignature:
            return None
        if value["id"] in self._ended:
            return None
        return Person(value["id"], value["name"], value["role"])

    def end(self, request: Request, response: Response) -> None:
        """Ends the session of the request for good, in whatever browser it is."""
        person = self.person_of(request)
        if person is not None:
            now = self._clock()
            self._ended = {id: at for id, at in self._ended.items() if at > now}
            self._ended[person.session_id] = now + SESSION_SECONDS
        self._delete(response, self._cookie)
        self._delete(response, self._note_cookie)

    def leave_note(self, response: Response, sentence: str) -> None:
        """The next page shows this sentence."""
        value = self._notes.dumps(sentence[:LONGEST_NOTE])
        self._set(response, self._note_cookie, value, NOTE_SECONDS)

    def note_of(self, request: Request) -> str | None:
        """The sentence that was left for this page."""
        cookie = request.cookies.get(self._note_cookie)
        if cookie is None:
            return None
        try:
            return self._notes.loads(cookie, max_age=NOTE_SECONDS)
        except BadSignature:
            return None

    def take_note_away(self, request: Request, response: Response) -> None:
        """The note has been shown."""
        if self._note_cookie in request.cookies:
            self._delete(response, self._note_cookie)

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="strict",
        )

    def _delete(self, response: Response, name: str) -> None:
        response.delete_cookie(
            name,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="strict",
        )
