"""The ledger's hash of an invite with a given note.

A chat that opens with our note proves that the invite was accepted. The ledger has only
the hashes of texts.
"""

from trueup.sender.rendering import RenderedSend


def note_request_sha256(
    provider_account_id: str, recipient_provider_id: str | None, text: str | None
) -> str | None:
    """None without a text or a recipient."""
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
