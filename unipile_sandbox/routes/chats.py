"""Writing: starting a chat, InMail, sending a message. Multipart, and strictly so."""

from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.records import Account
from unipile_sandbox.routes.checks import (
    known_chat,
    reachable_person,
    working_account,
)
from unipile_sandbox.serving import ApiRoute, Reply
from unipile_sandbox.shapes import (
    REQUIRED_TEXT,
    TEXT,
    Rule,
    Shape,
)
from unipile_sandbox.world import Sandbox

FILES = ("attachments", "voice_message", "video_message")
# The subscription that an account needs for each product of LinkedIn.
FEATURE_OF_API = {"sales_navigator": "sales_navigator", "recruiter": "recruiter"}


def start_chat(sandbox: Sandbox, call: Call) -> Reply:
    text = _text(call)
    account_id = call.form_value("account_id")
    assert account_id is not None, "the shape requires it"
    account = working_account(sandbox, account_id)
    attendees = call.fields["attendees_ids"]
    if len(attendees) > 1:
        raise ProviderError(
            "feature_not_implemented", "This sandbox starts chats with one person."
        )
    provider_id = attendees[0]
    reachable_person(sandbox, account, provider_id)
    is_inmail = _is_inmail(call, account)
    if not is_inmail and not sandbox.world.is_related(account.provider_id, provider_id):
        raise ProviderError(
            "no_connection_with_recipient", "You are not connected to this person."
        )
    chat = sandbox.open_chat(
        account_id,
        provider_id,
        subject=call.form_value("subject"),
        content_type="inmail" if is_inmail else None,
    )
    message = sandbox.write_message(chat, account_id, text, is_ours=True)
    body = {
        "object": "ChatStarted",
        "chat_id": chat.chat_id,
        "message_id": message.message_id,
    }
    return Reply(body, 201)


def _is_inmail(call: Call, account: Account) -> bool:
    api = call.form_value("linkedin[api]") or "classic"
    feature = FEATURE_OF_API.get(api)
    if feature is not None and feature not in account.premium_features:
        raise ProviderError(
            "feature_not_subscribed", f"The account has no {feature} subscription."
        )
    if api != "classic":
        return True
    return call.form_value("linkedin[inmail]") == "true"


def send_message(sandbox: Sandbox, call: Call) -> Reply:
    text = _text(call)
    chat = known_chat(sandbox, call.path["chat_id"])
    account_id = call.form_value("account_id")
    owners = {
        account.account_id for account in sandbox.world.accounts_of(chat.owner, 1)
    }
    if account_id is None:
        account_id = sorted(owners)[0]
    account = working_account(sandbox, account_id)
    if account_id not in owners:
        raise ProviderError(
            "account_mismatch", "The chat does not belong to this account."
        )
    reachable_person(sandbox, account, chat.provider_id)
    is_related = sandbox.world.is_related(chat.owner, chat.provider_id)
    if not is_related and chat.content_type != "inmail":
        raise ProviderError(
            "no_connection_with_recipient", "You are not connected to this person."
        )
    message = sandbox.write_message(chat, account_id, text, is_ours=True)
    return Reply({"object": "MessageSent", "message_id": message.message_id}, 201)


def mark_chat(sandbox: Sandbox, call: Call) -> Reply:
    chat = known_chat(sandbox, call.path["chat_id"])
    is_read = call.fields["value"]
    sandbox.record("chat_marked", chat_id=chat.chat_id, is_read=is_read)
    return Reply({"object": "ChatPatched"})


def _text(call: Call) -> str:
    text = call.form_value("text")
    if not text and not any(name in call.fields for name in FILES):
        raise ProviderError("missing_parameters", "Missing field 'text'.")
    return text or ""


def inmail_balance(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.query["account_id"])
    body: dict[str, Any] = {"object": "LinkedinInmailBalance"}
    for feature in ("premium", "recruiter", "sales_navigator"):
        body[feature] = 50 if feature in account.premium_features else None
    return Reply(body)


MESSAGE: Shape = {
    "text": Rule(),
    "account_id": TEXT,
    "thread_id": TEXT,
    "quote_id": TEXT,
    "typing_duration": TEXT,
    **{name: Rule(kind=object) for name in FILES},
}
CHAT: Shape = {
    "account_id": REQUIRED_TEXT,
    "attendees_ids": REQUIRED_TEXT,
    "text": Rule(),
    "subject": TEXT,
    "linkedin[api]": Rule(choices=("classic", "sales_navigator", "recruiter")),
    "linkedin[inmail]": Rule(choices=("true", "false")),
    "linkedin[signature]": TEXT,
    "linkedin[hiring_project_id]": TEXT,
    "linkedin[job_posting_id]": TEXT,
    "linkedin[visibility]": TEXT,
    "linkedin[follow_up]": TEXT,
    "linkedin[email_address]": TEXT,
    **{name: Rule(kind=object) for name in FILES},
}
MARK: Shape = {
    "action": Rule(is_required=True, choices=("setReadStatus",)),
    "value": Rule(kind=bool, is_required=True),
}

ROUTES = [
    ApiRoute("start_chat", "POST", "/chats", start_chat, {}, CHAT, "form"),
    ApiRoute(
        "send_message",
        "POST",
        "/chats/{chat_id}/messages",
        send_message,
        {},
        MESSAGE,
        "form",
    ),
    ApiRoute("mark_chat", "PATCH", "/chats/{chat_id}", mark_chat, {}, MARK, "json"),
    ApiRoute(
        "inmail_balance",
        "GET",
        "/linkedin/inmail_balance",
        inmail_balance,
        {"account_id": REQUIRED_TEXT},
    ),
]
