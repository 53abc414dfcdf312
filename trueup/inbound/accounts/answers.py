"""Parsing the provider's answers about an account.

Belongs here: the format of the provider's account object, and which answers do not
concern the account. Does not: the meaning of its states, which is in
`outreach.provider_account_states`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from trueup.unipile.addresses import UnusableProviderError, refused_key, unreachable
from trueup.unipile.answer import Answer


@dataclass(frozen=True)
class ReportedStates:
    """states: the states of an account's sources, its status, or the type of an error.

    If `states` is empty, the state is unknown and `unknown_because` has the reason.
    product_states: of each LinkedIn product; None where the provider does not say them.
    """

    state_field: Literal["state", "status", "error"]
    states: tuple[str, ...]
    unknown_because: str | None = None
    product_states: dict[str, str] | None = None


@dataclass(frozen=True)
class ProviderAccount:
    """An account at the provider. identity: LinkedIn's id of its owner.

    premium_features: its paid products, such as sales_navigator. v1_account_id: the id
        in version 1 of an account of version 2 that comes from there.
    """

    provider_account_id: str
    identity: str | None
    name: str
    has_premium: bool
    premium_features: tuple[str, ...]
    created_at: str
    said: ReportedStates
    v1_account_id: str | None = None

    def reported_states(self, identity: str) -> ReportedStates:
        """The states of the account, if it has that LinkedIn identity.

        A login of another person under the same id gives an error, so that it does not
        send.
        """
        if self.identity is not None and self.identity != identity:
            return ReportedStates("error", ("wrong_account",))
        return self.said

    def reduced(self) -> dict[str, object]:
        """The stored fields."""
        return {
            "reference": self.provider_account_id,
            "provider_id": self.identity,
            "states": list(self.said.states),
        }


def read_account_answer(
    answer: Answer, provider_dsn: str, identity: str
) -> ReportedStates:
    """The states in an answer to `GET /accounts/{id}` about that identity.

    Raises UnusableProviderError as refuse_unusable does.
    """
    refuse_unusable(answer, provider_dsn)
    if answer.is_success and answer.body is not None:
        return read_account(answer.body).reported_states(identity)
    if answer.error_type is not None:
        return ReportedStates("error", (answer.error_type,), answer.error_type)
    reason = answer.detail or f"an answer of status {answer.http_status} without a type"
    return ReportedStates("error", (), reason)


def refuse_unusable(answer: Answer, provider_dsn: str) -> None:
    """Raise if the provider itself is unusable.

    Raises UnusableProviderError for errors that do not concern one account: an invalid
    key, or an unreachable provider. They disconnect no account.
    """
    if answer.reached == "not_sent":
        raise UnusableProviderError(
            unreachable(provider_dsn, answer.detail, "no status was changed.")
        )
    if answer.refuses_key:
        raise UnusableProviderError(refused_key(provider_dsn, "no status was changed."))


def read_account(shown: dict[str, Any]) -> ProviderAccount:
    """Parse an account object of the provider; missing fields are empty or None."""
    parameters = _object(_object(shown, "connection_params"), "im")
    return ProviderAccount(
        provider_account_id=_text(shown, "id") or "",
        identity=_text(parameters, "id"),
        name=_text(shown, "name") or _text(parameters, "username") or "",
        has_premium=bool(
            parameters.get("premiumFeatures") or parameters.get("premiumContractId")
        ),
        premium_features=_texts(parameters.get("premiumFeatures")),
        created_at=_text(shown, "created_at") or "",
        said=_read_said(shown),
        v1_account_id=_text(shown, "v1_account_id"),
    )


def account_in(
    listed: Sequence[ProviderAccount], provider_account_id: str, identity: str
) -> ProviderAccount | None:
    """The entry with this id; else the newest one of the same LinkedIn identity."""
    for one in listed:
        if one.provider_account_id == provider_account_id:
            return one
    same = [one for one in listed if one.identity == identity]
    return max(same, key=lambda one: one.created_at, default=None)


def _read_said(shown: dict[str, Any]) -> ReportedStates:
    said = _read_sources(shown.get("sources"))
    products = shown.get("product_states")
    if not isinstance(products, dict):
        return said
    return replace(said, state_field="status", product_states=products)


def _read_sources(sources: object) -> ReportedStates:
    if not isinstance(sources, list) or not sources:
        return ReportedStates(
            "state", (), "the provider does not say how the account's sources are"
        )
    states = tuple(
        sorted(
            {
                (_text(source, "status") if isinstance(source, dict) else None)
                or "no status"
                for source in sources
            }
        )
    )
    return ReportedStates("state", states)


def _object(fields: dict[str, Any], name: str) -> dict[str, Any]:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def _texts(found: object) -> tuple[str, ...]:
    if not isinstance(found, list):
        return ()
    return tuple(sorted({text for text in found if isinstance(text, str) and text}))


def _text(fields: dict[str, Any], name: str) -> str | None:
    found = fields.get(name)
    return found if isinstance(found, str) and found else None
