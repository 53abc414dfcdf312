"""A claimed job's texts, rendered from its templates.

Belongs here: choosing the variant's templates, rendering them, and the hash of what
will be sent. Validation and rendering themselves are `dagster_project.templates`.
"""

import dataclasses
import hashlib
import json
from typing import Any

from dagster_project.sender.queue import ClaimedSend
from dagster_project.templates import (
    MAX_LENGTHS,
    MissingValueError,
    RenderError,
    TemplateRenderError,
    render,
)


@dataclasses.dataclass(frozen=True)
class RenderedSend:
    """A job ready to begin. texts: by template field ('note', 'message', …)."""

    job_id: int
    action: str
    variant: str | None
    provider_account_id: str | None
    recipient_provider_id: str | None
    texts: dict[str, str]
    validation_stamps: list[str]

    @property
    def request_sha256(self) -> str:
        """Of all that decides what the provider is asked to do."""
        request = [
            self.action,
            self.provider_account_id,
            self.recipient_provider_id,
            self.texts,
        ]
        canonical = json.dumps(request, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def as_row(self) -> dict[str, Any]:
        """What `outreach.begin_send_attempts` takes."""
        return {
            "job_id": self.job_id,
            "variant": self.variant,
            "request_sha256": self.request_sha256,
            "validation_stamps": self.validation_stamps,
        }


@dataclasses.dataclass(frozen=True)
class FailedRendering:
    """A job whose template failed, and the error that its enrollment will keep."""

    job_id: int
    validation_stamps: list[str]
    error: dict[str, Any]

    def as_row(self) -> dict[str, Any]:
        """What `outreach.park_send_jobs` takes."""
        return dataclasses.asdict(self)


def render_send(send: ClaimedSend) -> RenderedSend | FailedRendering:
    """Render all texts of a job; the first template that fails parks it."""
    variant = send.templates[0]["variant"] if send.templates else None
    templates = [row for row in send.templates if row["variant"] == variant]
    stamps = sorted(row["validation_stamp"] for row in templates)
    texts = {}
    for row in templates:
        field, template = row["field"], row["template"]
        try:
            texts[field] = render(
                template, send.prospect, max_length=_max_length(send, field)
            )
        except RenderError as error:
            return FailedRendering(
                send.job_id, stamps, _error_row(error, field, variant, template)
            )
    return RenderedSend(
        job_id=send.job_id,
        action=send.action,
        variant=variant,
        provider_account_id=send.provider_account_id,
        recipient_provider_id=send.recipient_provider_id,
        texts=texts,
        validation_stamps=stamps,
    )


def _max_length(send: ClaimedSend, field: str) -> int | None:
    """The provider's cap in UTF-16 units; a free account's notes are shorter."""
    if field == "note":
        kind = "invite_note" if send.has_premium else "invite_note_free"
        return MAX_LENGTHS[kind]
    return MAX_LENGTHS.get({"subject": "inmail_subject"}.get(field, field))


def _error_row(
    error: RenderError, field: str, variant: str | None, template: str
) -> dict[str, Any]:
    """What the parked enrollment keeps: the sentence, and the carets where known."""
    found = error.errors if isinstance(error, TemplateRenderError) else ()
    return {
        "code": "missing_value"
        if isinstance(error, MissingValueError)
        else "template_error",
        "message": str(error),
        "field": field,
        "variant": variant,
        "template": template,
        "errors": [each.as_json() for each in found],
    }
