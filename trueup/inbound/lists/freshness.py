"""Whether the provider's lists of an account are current.

Belongs here: the provider's answer about the account. While an account is disconnected,
the lists return stored, old items.
"""

from typing import Any

from trueup.unipile.addresses import UnusableProviderError, refused_key, unreachable
from trueup.unipile.answer import Answer

# Version 2 answers reads of an account in any other state with an error.
_CURRENT = {"OK", "running", "degraded", "partial"}


def staleness_reason(answer: Answer, provider_dsn: str) -> str | None:
    """Why the provider's lists of an account may be old; None if they are current.

    Raises UnusableProviderError for errors that do not concern one account.
    """
    if answer.reached == "not_sent":
        raise UnusableProviderError(
            unreachable(provider_dsn, answer.detail, "what was read so far is kept.")
        )
    if answer.refuses_key:
        raise UnusableProviderError(
            refused_key(provider_dsn, "what was read so far is kept.")
        )
    if not answer.is_success or answer.body is None:
        return f"the account could not be read: {answer.error_type or answer.detail}"
    return staleness_of(answer.body)


def staleness_of(account: dict[str, Any]) -> str | None:
    """Why the lists of this account may be old, by its sources; None if current."""
    sources = account.get("sources")
    if not isinstance(sources, list) or not sources:
        return "the provider does not say whether the account is connected"
    statuses = {
        source.get("status") if isinstance(source, dict) else None for source in sources
    }
    if not statuses <= _CURRENT:
        words = ", ".join(sorted(str(status) for status in statuses - _CURRENT))
        return f"the account is {words} at the provider, so its lists may be old"
    return None
