"""The hash by which the ledger would know an invite with a given note.

Belongs here: nothing else. A chat that opens with our note shows that the invite was
accepted, and the ledger keeps no texts, only their hashes.
"""

from trueup.sender.rendering import RenderedSend


def note_request_sha256(
    provider_account_id: str, recipient_provider_id: str | None, text: str | None
) -> str | None:
    """None where there is no text or nobody whom it is to."""
    if not text or recipient_provider_id is None:
        return None
    return RenderedSend(
        job_id=0,
        action="send_invite",
        variant=None,
        provider_account_id=provider_account_id,
        recipient_provider_id=recipient_provider_id,
        texts={"note": text},
        validation_stamps=[],
    ).request_sha256
