"""Writing in version 2: starting a chat from an inbox, InMail, sending a message."""

from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.records import Account
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import TEXT, Rule, Shape
from unipile_sandbox.v2.checks import known_chat, reachable_person, working_account
from unipile_sandbox.v2.errors import V2Error, refusal
from unipile_sandbox.v2.ids import opaque
from unipile_sandbox.v2.serving import V2Route
from unipile_sandbox.world import Sandbox

# The inboxes from which a chat can be started, and the product of each.
PRODUCT_OF_INBOX = {
    "CLASSIC_PRIMARY": "classic",
    "SALES_NAVIGATOR_PRIMARY": "sales_navigator",
    "RECRUITER_PRIMARY": "recruiter",
}
_REQUIRED_SPECIFICS = {
    "classic": set(),
    "sales_navigator": {"subject"},
    "recruiter": {"subject", "signature"},
}
_SPECIFICS = {
    "classic": {"inmail", "relation_request_id", "company_topic", "applicant"},
    "sales_navigator": {"subject"},
    "recruiter": {"subject", "signature", "visibility", "send_as", "follow_up"},
}


def start_chat(sandbox: Sandbox, call: Call) -> Reply:
    product = PRODUCT_OF_INBOX.get(call.path["inbox_id"])
    if product is None:
        raise V2Error(
            "provider/invalid_parameters", "No chat can be started from this inbox."
        )
    account = working_account(sandbox, call, product)
    provider_id, text = _recipient(call), call.fields["text"]
    specifics = _specifics(call, product)
    reachable_person(sandbox, account, provider_id)
    is_inmail = product != "classic" or specifics.get("inmail") is True
    _check_may_write(sandbox, account, provider_id, product, is_inmail=is_inmail)
    chat = sandbox.open_chat(
        account.account_id,
        provider_id,
        subject=specifics.get("subject") or call.fields.get("name"),
        content_type="inmail" if is_inmail else None,
        product=product,
    )
    message_id = None
    if text:
        message = sandbox.write_message(chat, account.account_id, text, is_ours=True)
        message_id = opaque("message", message.message_id)
    return Reply(
        {
            "object": "ChatStarted",
            "chat_id": opaque("chat", chat.chat_id),
            "message_id": message_id,
        }
    )


def _recipient(call: Call) -> str:
    """A text is a chat with one person; a list, also of one, is a group."""
    recipient = call.fields["users_ids"]
    if isinstance(recipient, list):
        raise V2Error("api/not_implemented", "This sandbox starts no groups.")
    if not isinstance(recipient, str) or not recipient:
        raise V2Error("api/invalid_parameters", "'users_ids' must be a text or a list.")
    return recipient


def _specifics(call: Call, product: str) -> dict[str, Any]:
    """The settings of the inbox's product. Raises V2Error for those of another."""
    given = call.fields.get("specifics", {})
    linkedin = given.get("linkedin", {})
    if given.keys() - {"linkedin"} or not isinstance(linkedin, dict):
        raise V2Error("api/invalid_parameters", "'specifics' takes linkedin only.")
    if linkedin.keys() - {product}:
        raise V2Error(
            "provider/invalid_parameters", f"This inbox takes specifics of {product}."
        )
    wanted = linkedin.get(product, {})
    if not isinstance(wanted, dict) or wanted.keys() - _SPECIFICS[product]:
        raise V2Error("api/invalid_parameters", f"Wrong specifics of {product}.")
    missing = _REQUIRED_SPECIFICS[product] - wanted.keys()
    if missing:
        raise V2Error("api/invalid_parameters", f"Missing {sorted(missing)[0]!r}.")
    if not isinstance(wanted.get("inmail", False), bool):
        raise V2Error("api/invalid_parameters", "'inmail' must be of type bool.")
    return wanted


def _check_may_write(
    sandbox: Sandbox,
    account: Account,
    provider_id: str,
    product: str,
    *,
    is_inmail: bool,
) -> None:
    is_related = sandbox.world.is_related(account.provider_id, provider_id)
    has_credits = product != "classic" or "premium" in account.premium_features
    if is_inmail and not has_credits:
        raise V2Error(
            "provider/insufficient_permissions", "The account has no InMail credits."
        )
    if not is_inmail and not is_related:
        raise refusal(sandbox.settings.v2_refusal_status)


def start_chat_without_inbox(sandbox: Sandbox, call: Call) -> Reply:
    """The twin for providers that have no inboxes; LinkedIn has some."""
    working_account(sandbox, call)
    raise V2Error("provider/method_not_allowed", "LinkedIn's chats live in inboxes.")


def send_message(sandbox: Sandbox, call: Call) -> Reply:
    account, chat = known_chat(sandbox, call)
    reachable_person(sandbox, account, chat.provider_id)
    is_related = sandbox.world.is_related(chat.owner, chat.provider_id)
    if not is_related and chat.content_type != "inmail":
        raise refusal(sandbox.settings.v2_refusal_status)
    if not call.fields["text"]:
        raise V2Error("provider/invalid_parameters", "The message has no text.")
    text = call.fields["text"]
    message = sandbox.write_message(chat, account.account_id, text, is_ours=True)
    message_id = opaque("message", message.message_id)
    return Reply({"object": "MessageSent", "message_id": message_id})


def inmail_credits(sandbox: Sandbox, call: Call) -> Reply:
    """Only what the account has: the other services are left out."""
    account = working_account(sandbox, call)
    service_of = {
        "premium": "classic",
        "recruiter": "recruiter",
        "sales_navigator": "sales_navigator",
    }
    wanted = call.query.get("service")
    credits_ = {
        service: 50
        for feature, service in service_of.items()
        if feature in account.premium_features and wanted in (None, service)
    }
    return Reply({"object": "InmailCredits", "credits": credits_})


CHAT: Shape = {
    "text": Rule(is_required=True),
    "users_ids": Rule(kind=object, is_required=True),
    "name": TEXT,
    "attachments": Rule(kind=list),
    "specifics": Rule(kind=dict),
}
MESSAGE: Shape = {
    "text": Rule(is_required=True),
    "quote_id": TEXT,
    "attachments": Rule(kind=list),
}
SERVICES = ("classic", "recruiter", "sales_navigator")

ROUTES = [
    V2Route(
        "start_chat",
        "POST",
        "/{account_id}/inboxes/{inbox_id}/chats/send",
        start_chat,
        {},
        CHAT,
        "json",
    ),
    V2Route(
        "start_chat_without_inbox",
        "POST",
        "/{account_id}/chats/send",
        start_chat_without_inbox,
        {},
        CHAT,
        "json",
    ),
    V2Route(
        "send_message",
        "POST",
        "/{account_id}/chats/{chat_id}/messages/send",
        send_message,
        {},
        MESSAGE,
        "json",
    ),
    V2Route(
        "inmail_balance",
        "GET",
        "/{account_id}/linkedin/inmail-credits",
        inmail_credits,
        {"service": Rule(choices=SERVICES)},
    ),
]
