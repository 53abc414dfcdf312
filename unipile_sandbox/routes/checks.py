"""Look-ups and refusals that several routes share."""

from unipile_sandbox.errors import ProviderError
from unipile_sandbox.people import PROVIDER_ID
from unipile_sandbox.records import Account, Chat
from unipile_sandbox.world import Sandbox

# What the provider connects; this sandbox connects only LinkedIn.
PROVIDERS = (
    "LINKEDIN",
    "WHATSAPP",
    "INSTAGRAM",
    "MESSENGER",
    "TELEGRAM",
    "TWITTER",
    "SLACK",
    "MOBILE",
    "GOOGLE",
    "GOOGLE_OAUTH",
    "GOOGLE_CALENDAR",
    "ICLOUD",
    "OUTLOOK",
    "EXCHANGE",
    "MAIL",
)


def known_account(sandbox: Sandbox, account_id: str) -> Account:
    account = sandbox.world.accounts.get(account_id)
    if account is None or account.is_deleted or account.version != 1:
        raise ProviderError("resource_not_found", "Account not found.")
    return account


def working_account(sandbox: Sandbox, account_id: str) -> Account:
    """An account that is connected now. Raises ProviderError otherwise."""
    account = known_account(sandbox, account_id)
    if not account.is_ok:
        raise ProviderError(
            "disconnected_account",
            f"The account is {account.status}: reconnect it to go on.",
        )
    return account


def known_chat(sandbox: Sandbox, chat_id: str) -> Chat:
    chat = sandbox.world.chat_by_id.get(chat_id)
    if chat is None or not sandbox.world.accounts_of(chat.owner, 1):
        raise ProviderError("resource_not_found", "Chat not found.")
    return chat


def reachable_person(sandbox: Sandbox, account: Account, provider_id: str) -> None:
    """Refuse what is no provider id, oneself, and people who are gone or shut."""
    if not PROVIDER_ID.fullmatch(provider_id):
        raise ProviderError(
            "invalid_recipient",
            "The recipient must be a provider id (ACoAA…), "
            "not a URL or a public identifier.",
        )
    overrides = sandbox.world.people.overrides(provider_id)
    if provider_id == account.provider_id or overrides.get("is_missing"):
        raise ProviderError("invalid_recipient", "The recipient cannot be reached.")
    if overrides.get("is_blocking"):
        raise ProviderError("blocked_recipient", "The recipient has blocked you.")
