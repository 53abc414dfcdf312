"""The provider's HTTP API, version 2, with one method per call.

Belongs here: paths, field names, headers, and how far a call got. Does not: the meaning
of an answer, retries, waits and limits. A retried write could invite a person twice.
Bodies are returned in the engine's form (`provider.py`, `v2_forms.py`); `Answer.raw`
has the provider's own text.
"""

import dataclasses
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from trueup.unipile import v2_forms
from trueup.unipile.addresses import (
    SETTINGS,
    V2_HOST,
)
from trueup.unipile.answer import Answer
from trueup.unipile.api_client import CLASSIC, Api, ApiClient, Inbox
from trueup.unipile.connection import given, path_of
from trueup.unipile.offset_walk import FetchPage, counted_walk, offset_walk
from trueup.unipile.public_identifiers import ANY_ID, comparable
from trueup.unipile.walk import BUDGET_SPENT, MAX_PAGES, Pages, Walk

Row = dict[str, Any]

# Every read of LinkedIn's data goes past the cache, which holds answers for an hour.
UNCACHED = {"Cache-Control": "no-cache"}
PAGE_ROWS = 100
# A page of the newest chats is read for new messages.
POLLED_CHATS = 20
MOST_NEW_PAGES = 10
# The ids of inboxes. A chat is started from one of those named PRIMARY.
INBOX_IDS: dict[Inbox, str] = {
    "classic": "CLASSIC_PRIMARY",
    "classic_inmail": "CLASSIC_INMAIL",
    "sales_navigator": "SALES_NAVIGATOR_PRIMARY",
    "recruiter": "RECRUITER_PRIMARY",
}
# Types of the answer about an inbox that the account does not have.
NO_INBOX = ("provider/insufficient_permissions", "provider/resource_not_found")
# Types of the answer of a list that is read by cursor, where an offset was given.
WANTS_A_CURSOR = ("api/invalid_parameters", "provider/invalid_parameters")
# An error answer without a type says nothing of how far the call got.
UNTYPED = "provider/untyped"
TOO_MANY_REQUESTS = "api/too_many_requests"
TOO_MANY_REQUESTS_STATUS = 429
REMAINING_HEADER = "x-ratelimit-remaining"
UNRESOLVED_POST = "provider/unresolved_post"
UNNAMED_INVITATION = "an invitation of the list does not say whom it invites"
# Types that may mean that an account has no InMail credits: the contract names none.
INMAIL_REFUSALS = (
    "provider/insufficient_permissions",
    "provider/unprocessable_entity",
    "provider/conflict",
    "provider/method_not_allowed",
)
NO_INMAIL_CREDITS = "provider/no_inmail_credits"
UNEXPLAINED_INMAIL = "provider/unexplained_inmail"
# Ids of posts that version 1 or LinkedIn itself gives, such as urn:li:activity:7000.
_FOREIGN_POST = re.compile(r"urn:li:.*|[0-9]+")


class V2Client(ApiClient):
    """Calls to one application of Unipile. Use it as an async context manager.

    See `provider.Provider`. One id of each path is the account's.
    """

    version = 2
    wrong_version = (
        f"{SETTINGS[2].dsn} is {{dsn!r}}, which is not an address of version 2 of the "
        f"Unipile API. Give it as https://{V2_HOST}/v2."
    )

    # Accounts

    async def get_account(self, account_id: str) -> Answer:
        answer = await self._call("GET", path_of("accounts", account_id))
        return _formed(answer, v2_forms.account)

    async def list_accounts(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer:
        """One page of accounts as the API gives it: it shows whether the key is valid.

        cursor: the offset of the page.
        """
        return await self._call("GET", "/accounts/", {"limit": limit, "offset": cursor})

    async def accounts(self) -> Walk:
        return await counted_walk(self._core_pages("/accounts/"), v2_forms.account)

    async def hosted_auth_link(
        self,
        *,
        expires_on: str,
        name: str,
        notify_url: str | None,
        reconnect_account: str | None = None,
        success_redirect_url: str | None = None,
        failure_redirect_url: str | None = None,
    ) -> Answer:
        """See `provider.Provider`. There is no notice: a webhook brings `name` back.

        The one address to return to is success_redirect_url, else failure_redirect_url,
        else notify_url, because the API wants one.
        """
        returns_to = success_redirect_url or failure_redirect_url or notify_url
        fields: Row = {
            "expires_on": expires_on,
            "state": name,
            "redirect_uri": returns_to,
            "account_id": reconnect_account,
            "providers": ["linkedin"] if reconnect_account is None else None,
        }
        answer = await self._call("POST", "/auth/link", json=given(fields))
        link = (answer.body or {}).get("link")
        if answer.is_success and isinstance(link, str):
            return _with_body(answer, {"object": "HostedAuthUrl", "url": link})
        return answer

    # Profiles, invitations, relations

    async def resolve_profile(self, account_id: str, identifier: str) -> Answer:
        """The profile with this public identifier or provider id.

        Profiles that are read at once can get mixed up, so an answer about somebody
        else is asked for once more, and has no body if it stays. A public identifier
        that its owner has renamed cannot be told from that.
        """
        answer = await self._profile(account_id, identifier)
        if _is_of(answer, identifier):
            return answer
        again = await self._profile(account_id, identifier)
        return again if _is_of(again, identifier) else _with_body(again, None)

    async def own_profile(self, account_id: str) -> Answer:
        """The profile of the account's owner, which proves that the account works.

        One from a cache proves nothing of now, so it is asked for once more, and has no
        body if it stays.
        """
        answer = await self._profile(account_id, "me")
        if answer.is_from_cache:
            answer = await self._profile(account_id, "me")
        if not answer.is_success or not answer.is_from_cache:
            return answer
        return dataclasses.replace(
            answer, body=None, detail="the profile came from a cache"
        )

    async def _profile(self, account_id: str, identifier: str) -> Answer:
        answer = await self._read(path_of(account_id, "users", identifier))
        return _formed(answer, v2_forms.profile)

    async def send_invite(
        self, account_id: str, provider_id: str, message: str | None = None
    ) -> Answer:
        """Invite a person to connect; `message` is the note, at most 300 characters."""
        answer = await self._call(
            "POST",
            path_of(account_id, "users", "me", "relation-requests"),
            json=given({"user_id": provider_id, "message": message}),
        )
        return _renamed(
            answer, "RelationRequest", "UserInvitationSent", {"invitation_id": "id"}
        )

    async def cancel_invite(self, account_id: str, invitation_id: str) -> Answer:
        """Withdraw an invitation.

        The same call refuses one that the account received, so the caller has the id
        from `send_invite` or `sent_invitations`.
        """
        answer = await self._call(
            "POST",
            path_of(
                account_id, "users", "me", "relation-requests", invitation_id, "cancel"
            ),
        )
        return _renamed(answer, "RelationRequestCanceled", "InvitationCanceled", {})

    async def sent_invitations(
        self, account_id: str, *, max_pages: int = MAX_PAGES
    ) -> Walk:
        """The pending invitations that the account sent."""
        path = path_of(account_id, "users", "me", "relation-requests")
        walk = await offset_walk(
            self._pages(path, {"type": "sent"}),
            v2_forms.sent_invitation,
            max_pages=max_pages,
            is_by_offset=True,
        )
        if walk.is_complete and any(
            item["invited_user_id"] is None for item in walk.items
        ):
            # It may be that to anybody, so nobody is shown to have none.
            return dataclasses.replace(
                walk, is_complete=False, doubt=UNNAMED_INVITATION
            )
        return walk

    async def relations(self, account_id: str, *, max_pages: int = MAX_PAGES) -> Walk:
        """The account's first-degree connections, in no known order.

        The list's own count is too high at times. Where it differs, or where pages
        cannot overlap, a second walk that shows the same people makes up for it.
        """
        fetch = self._pages(path_of(account_id, "users", "me", "relations"))
        first = await offset_walk(
            fetch, v2_forms.relation, key="member_id", max_pages=max_pages
        )
        left = max_pages - first.pages
        # A second walk is worth its calls only if it can be as long as the first.
        if first.is_complete or first.stopped_by is not None or left < first.pages:
            return first
        second = await offset_walk(
            fetch, v2_forms.relation, key="member_id", max_pages=left
        )
        return _agreed(first, second)

    # Chats and messages

    async def start_chat(
        self,
        account_id: str,
        attendee: str,
        text: str,
        *,
        subject: str | None = None,
        inmail_api: Api | None = None,
    ) -> Answer:
        """Start a chat with one person; an InMail when `inmail_api` is given."""
        linkedin: Row | None = None
        if inmail_api == "classic":
            linkedin = {"classic": {"inmail": True}}
        elif inmail_api is not None:
            linkedin = {inmail_api: {"subject": subject or ""}}
        fields = {
            # A list of one person would start a group.
            "users_ids": attendee,
            "text": text,
            "name": subject if inmail_api == "classic" else None,
            "specifics": linkedin and {"linkedin": linkedin},
        }
        answer = await self._call(
            "POST",
            f"{_inbox(account_id, inmail_api or 'classic')}/send",
            json=given(fields),
        )
        if inmail_api is not None and answer.error_type in INMAIL_REFUSALS:
            answer = await self._explained_inmail(account_id, inmail_api, answer)
        return _sent(answer, "ChatStarted")

    async def _explained_inmail(
        self, account_id: str, api: Api, refusal: Answer
    ) -> Answer:
        """The refusal of an InMail, of another type unless the account has credits.

        Without credits the account is the cause, and where they cannot be read nobody
        knows whether the person is.
        """
        path = path_of(account_id, "linkedin", "inmail-credits")
        answer = await self._read(path, {"service": api})
        found = (answer.body or {}).get("credits") if answer.is_success else None
        if not isinstance(found, dict):
            return dataclasses.replace(refusal, error_type=UNEXPLAINED_INMAIL)
        if found.get(api):
            return refusal
        return dataclasses.replace(
            refusal,
            error_type=NO_INMAIL_CREDITS,
            detail=f"the account has no InMail credits of the product {api}",
        )

    async def send_message(self, account_id: str, chat_id: str, text: str) -> Answer:
        answer = await self._call(
            "POST",
            path_of(account_id, "chats", chat_id, "messages", "send"),
            json={"text": text},
        )
        return _sent(answer, "MessageSent")

    async def chats(
        self,
        account_id: str,
        *,
        inboxes: Sequence[Inbox] = CLASSIC,
        max_pages: int = MAX_PAGES,
    ) -> Walk:
        walks: list[Walk] = []
        for inbox in inboxes:
            left = max_pages - sum(walk.pages for walk in walks)
            if left < 1:
                walks.append(Walk((), False, 0, None, BUDGET_SPENT))
                break
            pages = self._pages(_inbox(account_id, inbox))
            walk = await offset_walk(pages, v2_forms.chat, max_pages=left)
            walks.append(_of_inbox(walk, inbox))
            if walks[-1].stopped_by is not None:
                break
        return _together(walks)

    async def chat(
        self, account_id: str, chat_id: str, *, inboxes: Sequence[Inbox] = CLASSIC
    ) -> Answer:
        """One chat, with the person at its other end; no body if it is not a new one.

        The API has no route for one chat of LinkedIn: the newest ones are searched.
        """

        def found(body: Row) -> Row | None:
            rows = body.get("data")
            of_id = (
                row
                for row in (rows if isinstance(rows, list) else [])
                if isinstance(row, dict) and row.get("id") == chat_id
            )
            row = next(of_id, None)
            return None if row is None else v2_forms.chat(row)

        answers: list[Answer] = []
        for inbox in inboxes:
            path = _inbox(account_id, inbox)
            answer = _formed(await self._read(path, {"limit": POLLED_CHATS}), found)
            if answer.is_success and answer.body is not None:
                return answer
            answers.append(answer)
        return answers[0]

    async def chat_messages(self, account_id: str, chat_id: str) -> Walk:
        path = path_of(account_id, "chats", chat_id, "messages")
        walk = await offset_walk(self._pages(path), v2_forms.message)
        return _of_people(walk, chat_id)

    async def messages(
        self, account_id: str, after: datetime, *, inboxes: Sequence[Inbox] = CLASSIC
    ) -> Walk:
        """The messages after a moment: by one page of each inbox, if no more are newer.

        Each chat with something new costs a call more. The newest come first in both
        lists, so the first older one ends them.
        """
        walks: list[Walk] = []
        for inbox in inboxes:
            chats = _of_inbox(
                await self._since(
                    _inbox(account_id, inbox), v2_forms.chat, after, POLLED_CHATS
                ),
                inbox,
            )
            walks.append(dataclasses.replace(chats, items=()))
            if chats.stopped_by is not None:
                break
            for chat in chats.items:
                path = path_of(account_id, "chats", chat["id"], "messages")
                walk = await self._since(path, v2_forms.message, after, PAGE_ROWS)
                person = {"attendee_provider_id": chat["attendee_provider_id"]}
                items = [item | person for item in _of_people(walk, chat["id"]).items]
                walks.append(dataclasses.replace(walk, items=tuple(items)))
                if walk.stopped_by is not None:
                    return _together(walks)
        return _together(walks)

    async def _since(
        self,
        path: str,
        read_row: Callable[[Row], Row | None],
        after: datetime,
        limit: int,
    ) -> Walk:
        """The rows after a moment of a list that has the newest first.

        What is added at its head during the walk is newer than the walk and only
        repeats rows. Its first page has `limit` rows, the others as many as they may.
        """
        pages, seen = Pages(), set[str]()
        place: Row = {"limit": limit}
        offset, names_cursor = 0, False
        while True:
            answer = await self._read(path, place)
            body = (answer.body or {}) if answer.is_success else {}
            rows, cursor = body.get("data"), body.get("next_cursor")
            is_refused = offset > 0 and answer.error_type in WANTS_A_CURSOR
            if is_refused and names_cursor and pages.count == 1:
                # A list that has cursors takes no offset: its one page was the last.
                return pages.ended()
            if not isinstance(rows, list):
                return pages.stopped(answer)
            read = [read_row(row) if isinstance(row, dict) else None for row in rows]
            found = [row for row in read if row is not None]
            if len(found) < len(rows):
                return pages.stopped(answer)
            newer = [row for row in found if _is_after(row["timestamp"], after)]
            pages.add(answer, [row for row in newer if row["id"] not in seen])
            seen.update(row["id"] for row in found)
            names_cursor = "next_cursor" in body
            is_last = not rows or ("cursor" in place and cursor is None)
            if is_last or len(newer) < len(found):
                return pages.ended()
            if pages.count >= MOST_NEW_PAGES:
                return pages.ended(f"more than {MOST_NEW_PAGES} pages are new")
            if isinstance(cursor, str) and cursor:
                place = {"limit": PAGE_ROWS, "cursor": cursor}
            else:
                offset += len(rows)
                place = {"limit": PAGE_ROWS, "offset": offset}

    # Posts

    async def post_comment(self, account_id: str, social_id: str, text: str) -> Answer:
        """Comment on a post. An id of LinkedIn or of version 1 is looked up first."""
        post_id, unresolved = await self._post_id(account_id, social_id)
        if unresolved is not None:
            return unresolved
        answer = await self._call(
            "POST",
            path_of(account_id, "posts", post_id, "comments"),
            json={"text": text},
        )
        return _renamed(answer, "Comment", "CommentSent", {"comment_id": "id"})

    async def post_comments(self, account_id: str, social_id: str) -> Walk:
        post_id, unresolved = await self._post_id(account_id, social_id)
        if unresolved is not None:
            return Walk((), False, 0, unresolved)
        path = path_of(account_id, "posts", post_id, "comments")
        return await offset_walk(
            self._pages(path, {"sort_by": "MOST_RECENT"}), v2_forms.comment
        )

    async def _post_id(
        self, account_id: str, social_id: str
    ) -> tuple[str, Answer | None]:
        """Version 2's own id of a post, or the answer that says why there is none.

        Nothing was written then: the answer of a look-up that failed for a while is
        'not_sent', and a post that is not found is UNRESOLVED_POST.
        """
        if not _FOREIGN_POST.fullmatch(social_id):
            return social_id, None
        answer = await self._read(path_of(account_id, "posts", social_id))
        post_id = (answer.body or {}).get("id") if answer.is_success else None
        if isinstance(post_id, str) and post_id:
            return post_id, None
        if answer.http_status in (400, 404, 422) or answer.is_success:
            return "", dataclasses.replace(
                answer,
                http_status=404,
                error_type=UNRESOLVED_POST,
                detail=f"the post {social_id} is not found. Version 2 has other ids of "
                "posts: give the step the post's new id",
            )
        # What concerns the key, the account or its limit stands as it is.
        is_typed = answer.error_type != UNTYPED
        if answer.http_status not in (401, 403, 429) or not is_typed:
            answer = dataclasses.replace(answer, reached="not_sent")
        return "", answer

    # Webhooks

    async def create_webhook(
        self,
        *,
        source: str,
        request_url: str,
        name: str,
        events: list[str] | None,
        headers: dict[str, str],
        account_ids: list[str] | None = None,
    ) -> Answer:
        """Make an endpoint at `request_url` for these events; it needs a service key.

        source, headers: version 2 has none; it signs what it sends. The answer has the
        endpoint's `secret`.
        """
        del source, headers
        fields = {
            "url": request_url,
            "description": name,
            "trigger_events": events or [],
            "account_ids": account_ids,
        }
        answer = await self._call("POST", "/webhooks/endpoints/", json=given(fields))
        return _renamed(
            answer,
            "WebhookEndpoint",
            "WebhookCreated",
            {"webhook_id": "id", "secret": "secret"},
        )

    async def delete_webhook(self, webhook_id: str) -> Answer:
        return await self._call("DELETE", path_of("webhooks", "endpoints", webhook_id))

    async def webhooks(self) -> Walk:
        return await counted_walk(
            self._core_pages("/webhooks/endpoints/"), v2_forms.webhook
        )

    async def endpoints(self) -> Walk:
        """The webhook endpoints as the API gives them, with their secrets."""
        return await counted_walk(
            self._core_pages("/webhooks/endpoints/"), v2_forms.endpoint
        )

    async def create_endpoint(
        self, url: str, events: list[str], description: str
    ) -> Answer:
        """Make an endpoint for all accounts; it needs a service key.

        The answer is the endpoint as the API gives it, with its secret.
        """
        fields = {"url": url, "description": description, "trigger_events": events}
        answer = await self._call("POST", "/webhooks/endpoints/", json=fields)
        return _formed(answer, v2_forms.endpoint)

    async def change_endpoint(self, webhook_id: str, fields: Row) -> Answer:
        """fields: enabled, url, trigger_events, account_ids, description."""
        path = path_of("webhooks", "endpoints", webhook_id)
        return _formed(await self._call("PATCH", path, json=fields), v2_forms.endpoint)

    # Requests

    async def _call(
        self,
        method: str,
        path: str,
        parameters: Row | None = None,
        *,
        json: Row | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        answer = await self._api.call(
            method, path, parameters, json=json, headers=headers
        )
        is_error = answer.reached == "answered" and not answer.is_success
        if is_error and answer.error_type is None:
            answer = dataclasses.replace(answer, error_type=UNTYPED)
        # Unipile's own limit ends with its window, whichever header says when.
        if answer.error_type == TOO_MANY_REQUESTS and answer.retry_after is None:
            reset = answer.headers.get("x-ratelimit-reset")
            answer = dataclasses.replace(answer, retry_after=reset)
        return answer

    async def _read(self, path: str, parameters: Row | None = None) -> Answer:
        return await self._call("GET", path, parameters, headers=UNCACHED)

    def _pages(self, path: str, filters: Row | None = None) -> FetchPage:
        async def fetch(place: Row) -> Answer:
            # A cursor stands for the filters of its list, and takes none beside it.
            beside = {} if "cursor" in place else filters or {}
            return await self._read(path, {"limit": PAGE_ROWS} | place | beside)

        return fetch

    def _core_pages(self, path: str) -> FetchPage:
        async def fetch(place: Row) -> Answer:
            return await self._call("GET", path, {"limit": PAGE_ROWS} | place)

        return fetch


def _agreed(first: Walk, second: Walk) -> Walk:
    """Two walks of one list as one: it is complete if both show the same people."""
    pages = first.pages + second.pages
    seen = {item["member_id"]: item for item in (*first.items, *second.items)}
    items, cache = tuple(seen.values()), first.cache + second.cache
    if second.stopped_by is not None:
        return Walk(items, False, pages, second.stopped_by, None, cache, second.limits)
    from_cache = next((w.doubt for w in (first, second) if w.is_from_cache), None)
    is_same = len(first.items) == len(second.items) == len(items)
    doubt = from_cache or (None if is_same else "two walks of the list differ")
    return Walk(items, doubt is None, pages, None, doubt, cache, second.limits)


def _inbox(account_id: str, inbox: Inbox) -> str:
    """The path of an inbox's chats."""
    return path_of(account_id, "inboxes", INBOX_IDS[inbox], "chats")


def _of_inbox(walk: Walk, inbox: Inbox) -> Walk:
    """The walk of an inbox; an empty one if the account does not have the inbox."""
    stopped_by = walk.stopped_by
    is_missing = (
        inbox != "classic"
        and walk.pages == 0
        and stopped_by is not None
        and stopped_by.error_type in NO_INBOX
    )
    if not is_missing:
        return walk
    return dataclasses.replace(walk, is_complete=True, pages=1, stopped_by=None)


def _together(walks: Sequence[Walk]) -> Walk:
    """Several lists as one, which is complete if all of them are.

    Only the last may have been stopped by an answer.
    """
    stopped_by = walks[-1].stopped_by
    doubt = next((walk.doubt for walk in walks if walk.doubt is not None), None)
    cache: list[Row] = []
    before = 0
    for walk in walks:
        cache += [page | {"page": before + page["page"]} for page in walk.cache]
        before += walk.pages
    return Walk(
        tuple(item for walk in walks for item in walk.items),
        all(walk.is_complete for walk in walks),
        before,
        stopped_by,
        None if stopped_by is not None else doubt,
        tuple(cache),
        _strictest([walk.limits for walk in walks]),
    )


def _strictest(limits: Sequence[dict[str, str]]) -> dict[str, str]:
    """What the last answer says of the provider's limit, or one that says to wait.

    Each route has a limit of its own.
    """
    said = [one for one in limits if one]
    spent = [
        one for one in said if "refused" in one or one.get(REMAINING_HEADER) == "0"
    ]
    return next(iter(spent or said[::-1]), {})


def _of_people(walk: Walk, chat_id: str) -> Walk:
    """The messages of a chat; a line of the system, such as 'joined', is nobody's."""
    items = [item | {"chat_id": chat_id} for item in walk.items if not item["is_event"]]
    return dataclasses.replace(walk, items=tuple(items))


def _is_of(answer: Answer, identifier: str) -> bool:
    """Whether an answer is no profile of another person; an error is none."""
    shown = answer.body if answer.is_success else None
    if shown is None:
        return True
    if ANY_ID.fullmatch(identifier) or identifier == shown["provider_id"]:
        return identifier == shown["provider_id"]
    return comparable(identifier) == comparable(shown["public_identifier"])


def _formed(answer: Answer, read: Callable[[Row], Row | None]) -> Answer:
    """A successful answer with its body in the engine's form; no body for junk."""
    if not answer.is_success:
        return answer
    is_error = (answer.body or {}).get("object") == "Error"
    formed = None if answer.body is None or is_error else read(answer.body)
    return _with_body(answer, formed)


def _renamed(answer: Answer, theirs: str, ours: str, names: dict[str, str]) -> Answer:
    """A successful answer as the engine's object, with fields under their other names.

    An answer that is another object keeps its body.
    """
    body = answer.body
    if not answer.is_success or body is None or body.get("object") != theirs:
        return answer
    fields = {name: body.get(names[name]) for name in names}
    return _with_body(answer, {"object": ours} | fields)


def _sent(answer: Answer, name: str) -> Answer:
    """The answer to a message; the id of its first part where it has several."""
    body = answer.body
    if not answer.is_success or body is None or body.get("object") != name:
        return answer
    message_id = body.get("message_id")
    if isinstance(message_id, list):
        message_id = message_id[0] if message_id else None
    return _with_body(answer, body | {"message_id": message_id})


def _with_body(answer: Answer, body: Row | None) -> Answer:
    return dataclasses.replace(answer, body=body)


def _is_after(text: str | None, moment: datetime) -> bool:
    """Whether a time of the provider is later; one that cannot be read may be."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return True
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) > moment
