"""Whether the provider can be used: it is reachable and accepts our key.

Belongs here: failures that stop all sends. Does not: failures of one account or one
person.
"""

from trueup.sender import in_flight, queue
from trueup.sender.round import Round, Work
from trueup.sender.session import Session
from trueup.unipile.addresses import (
    UnusableProviderError,
    refused_key,
    unreachable,
)
from trueup.unipile.provider import Provider


async def check(session: Session, provider: Provider, work: Work) -> None:
    """Request a page of accounts. Raises UnusableProviderError with a sentence."""
    answer = await in_flight.unless_stopping(
        provider.list_accounts(limit=1), work.is_stopping
    )
    if answer is None:
        return
    if answer.reached == "not_sent":
        raise UnusableProviderError(
            unreachable(work.provider_dsn, answer.detail, "nothing more was claimed.")
        )
    if answer.http_status == 401 or answer.refuses_key:
        await _refuse_key(session, work)
    await session.insist(
        lambda connection: queue.resolve_key_alert(
            connection, work.provider_dsn, work.as_of
        ),
        work.is_stopping,
    )


async def after_round(
    session: Session, provider: Provider, work: Work, done: Round
) -> None:
    """Stop if the key was refused in a round, or if none of its calls was sent."""
    if done.outcomes["our_key_bad"]:
        await _refuse_key(session, work)
    if done.outcomes and set(done.outcomes) == {"retry_safe"}:
        await check(session, provider, work)


async def _refuse_key(session: Session, work: Work) -> None:
    sentence = refused_key(
        work.provider_dsn, "nothing is sent until then and no account is blamed."
    )
    await session.insist(
        lambda connection: queue.open_key_alert(
            connection, work.provider_dsn, sentence, work.as_of
        ),
        work.is_stopping,
    )
    raise UnusableProviderError(sentence)
