"""Every read of the contract: its status, the shape of its answer, and its pages."""

import pytest

from tests.support.contract_shapes import (
    ACCOUNT,
    ATTENDEE,
    CHAT,
    COMMENT,
    INVITATION,
    MESSAGE,
    OWNER,
    PROFILE,
    RELATION,
    WEBHOOK,
    differences,
    listed,
)
from tests.support.contract_world import POST

ONE = "?account_id=acc-anisha"
READS = [
    ("/accounts", listed("AccountList", ACCOUNT)),
    ("/accounts/acc-anisha", ACCOUNT),
    (
        "/accounts/acc-anisha/sync?linkedin_product=classic&before=1700000000000",
        {
            "object": "AccountResync",
            "status": ("SYNC_STARTED", "SYNC_RUNNING", "SYNC_DONE", "SYNC_ERROR"),
        },
    ),
    (f"/users/person-0{ONE}", PROFILE),
    (f"/users/{{people[3]}}{ONE}&linkedin_sections=*&notify=true", PROFILE),
    (f"/users/anisha-rao{ONE}&linkedin_api=sales_navigator", PROFILE),
    (f"/users/me{ONE}", OWNER),
    (f"/users/invite/sent{ONE}", listed("InvitationList", INVITATION)),
    (f"/users/relations{ONE}&limit=1000", listed("UserRelationsList", RELATION)),
    ("/chats", listed("ChatList", CHAT)),
    (f"/chats{ONE}&account_type=LINKEDIN&unread=true", listed("ChatList", CHAT)),
    ("/chats/{chat}", CHAT | {"lastMessage": MESSAGE}),
    ("/chats/{chat}/messages", listed("MessageList", MESSAGE)),
    ("/chats/{chat}/attendees", {"object": "ChatAttendeeList", "items": [ATTENDEE]}),
    ("/messages?sender_id={people[0]}", listed("MessageList", MESSAGE)),
    (
        "/messages?after=2020-01-01T00:00:00.000Z&before=2099-01-01T00:00:00.000Z",
        listed("MessageList", MESSAGE),
    ),
    ("/messages/{message}", MESSAGE),
    ("/chat_attendees", listed("ChatAttendeeList", ATTENDEE)),
    ("/chat_attendees/{attendee}", ATTENDEE),
    ("/chat_attendees/{people[0]}/chats", listed("ChatList", CHAT)),
    ("/chat_attendees/{attendee}/messages", listed("MessageList", MESSAGE)),
    (
        f"/posts/{POST}/comments{ONE}",
        listed("CommentList", COMMENT) | {"total_items": int},
    ),
    ("/webhooks", listed("WebhookList", WEBHOOK)),
    (
        f"/linkedin/inmail_balance{ONE}",
        {
            "object": "LinkedinInmailBalance",
            "premium": (int, None),
            "recruiter": (int, None),
            "sales_navigator": (int, None),
        },
    ),
]


@pytest.mark.parametrize(("path", "shape"), READS, ids=[path for path, _ in READS])
def test_a_read_answers_200_in_the_contracts_shape(world, path, shape):
    answer = world.api.get(path.format(**vars(world)))

    assert (answer.status_code, differences(answer.json(), shape)) == (200, [])
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json().get("items") != []


@pytest.mark.parametrize(
    "path",
    [
        "/accounts?",
        f"/users/invite/sent{ONE}&",
        f"/users/relations{ONE}&",
        "/chats?",
        "/chats/{chat}/messages?",
        "/messages?",
        "/chat_attendees?",
        f"/posts/{POST}/comments{ONE}&",
        "/webhooks?",
    ],
)
def test_a_list_is_walked_by_its_cursor_to_every_item_once(world, path):
    path = path.format(**vars(world))
    whole = world.api.get(path).json()
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        parameters = "limit=1" if cursor is None else f"cursor={cursor}"
        page = world.api.get(path + parameters).json()
        seen += page["items"]
        cursor, pages = page["cursor"], pages + 1
        assert len(page["items"]) == 1

    assert seen == whole["items"]
    assert pages == len(whole["items"]) >= 2
    assert whole["cursor"] is None


@pytest.mark.parametrize(
    ("path", "highest"),
    [
        ("/accounts?", 250),
        (f"/users/invite/sent{ONE}&", 100),
        (f"/users/relations{ONE}&", 1_000),
        ("/chats?", 250),
        ("/chats/{chat}/messages?", 250),
        ("/messages?", 250),
        ("/chat_attendees?", 250),
        (f"/posts/{POST}/comments{ONE}&", 100),
        ("/webhooks?", 250),
    ],
)
def test_a_limit_counts_from_1_to_the_lists_own_highest(world, path, highest):
    def status(limit):
        answer = world.api.get(f"{path.format(**vars(world))}limit={limit}")
        return answer.status_code

    wrong = [0, highest + 1, -1, "1.5", "ten", "", "\u0663", "9" * 40]
    assert [status(1), status(highest)] == [200, 200]
    assert {status(limit) for limit in wrong} == {400}
