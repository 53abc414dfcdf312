"""Rendering a claimed job's texts, and the other facts of its call.

Belongs here: rendering the templates of the assigned variant, the check for missing
values, and the hash of the request. Does not: the validator and the renderer
(`trueup.templates`).
"""

import dataclasses
import hashlib
import json
from typing import Any, Literal, Self

from trueup.sender.queue import ClaimedSend
from trueup.templates import (
    FIELDS,
    MissingValueError,
    RenderError,
    TemplateRenderError,
    draw_of,
    longest_allowed,
    needed_fields,
    render,
    validate,
)


@dataclasses.dataclass(frozen=True)
class RenderedSend:
    """A job ready to begin.

    texts: by template field ('note', 'message', …). chat_id: where an account's earlier
    message to the person went. inmail_api: over which of LinkedIn's products an InMail
    goes. social_id: of the post to comment. invitation_id: of the invite to take back.
    walk_pages: see `ClaimedSend`.
    """

    job_id: int
    action: str
    variant: str | None
    provider_account_id: str | None
    recipient_provider_id: str | None
    texts: dict[str, str]
    validation_stamps: list[str]
    recipient_public_identifier: str | None = None
    chat_id: str | None = None
    inmail_api: Literal["classic", "sales_navigator"] = "classic"
    social_id: str | None = None
    invitation_id: str | None = None
    walk_pages: int | None = None

    @property
    def recipient(self) -> str:
        """The person's identifier for the provider: the id if it is known."""
        return self.recipient_provider_id or self.recipient_public_identifier or ""

    @property
    def request_sha256(self) -> str:
        """The hash of the sender, the recipient and the text.

        The chat or post is left out, because a read of that chat or post has only the
        text to recognise a send.
        """
        request = [
            self.action,
            self.provider_account_id,
            self.recipient_provider_id,
            self.texts,
        ]
        canonical = json.dumps(request, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def as_row(self) -> dict[str, Any]:
        """The row for `outreach.begin_send_attempts`."""
        return {
            "job_id": self.job_id,
            "variant": self.variant,
            "request_sha256": self.request_sha256,
            "validation_stamps": self.validation_stamps,
            "has_note": bool(self.texts.get("note")),
            "provider_account_id": self.provider_account_id,
            "recipient_provider_id": self.recipient_provider_id,
        }


@dataclasses.dataclass(frozen=True)
class FailedRendering:
    """A job whose template failed, and the error for its enrollment."""

    job_id: int
    validation_stamps: list[str]
    error: dict[str, Any]

    @classmethod
    def of_error(cls, send: ClaimedSend, error: Exception) -> Self:
        """A job whose rendering raised an unexpected error."""
        message = f"Rendering raised {type(error).__name__}: {error}"
        error_row = {
            "code": "rendering_raised",
            "message": message.replace("\x00", "�"),
        }
        return cls(send.job_id, [], error_row)

    def as_row(self) -> dict[str, Any]:
        """The row for `outreach.park_send_jobs`."""
        return dataclasses.asdict(self)


def render_send(send: ClaimedSend) -> RenderedSend | FailedRendering:
    """Render all texts of a job; an error or a missing value parks it.

    A note that is held is left out where the step says so. The text of an answer is
    sent as it is.
    """
    if send.action == "answer_reply":
        return _answer(send)
    variant = send.variant
    if variant is None and send.templates:
        variant = send.templates[0]["variant"]
    templates = [row for row in send.templates if row["variant"] == variant]
    stamps = sorted(row["validation_stamp"] for row in templates)
    texts = {}
    for row in templates:
        field, template = row["field"], row["template"]
        try:
            # A custom field may have been removed since the save.
            _refuse_invalid(template, send.custom_fields)
            texts[field] = render(
                template,
                send.prospect,
                max_length=longest_allowed(
                    field, is_for_free_accounts=not send.has_premium
                ),
                draw=draw_of(send.workspace_id, send.enrollment_id, send.step_id),
                local_time=send.local_time,
            )
        except RenderError as error:
            return FailedRendering(
                send.job_id, stamps, _error_row(error, field, variant, template)
            )
    if send.is_note_held and send.settings.get("on_note_limit") == "leave_out":
        texts.pop("note", None)
    missing = _missing(send, texts)
    if missing is not None:
        error_row = {"code": "missing_value", "variant": variant} | missing
        return FailedRendering(send.job_id, stamps, error_row)
    return RenderedSend(
        job_id=send.job_id,
        action=send.action,
        variant=variant,
        provider_account_id=send.provider_account_id,
        recipient_provider_id=send.recipient_provider_id,
        texts=texts,
        validation_stamps=stamps,
        recipient_public_identifier=send.recipient_public_identifier,
        chat_id=send.chat_id,
        inmail_api=send.settings.get("api", "classic"),
        social_id=send.social_id,
        invitation_id=send.invitation_id,
        walk_pages=send.walk_pages,
    )


def _answer(send: ClaimedSend) -> RenderedSend:
    """An answer is a message to a person, bound to its chat."""
    return RenderedSend(
        job_id=send.job_id,
        action="send_message",
        variant=None,
        provider_account_id=send.provider_account_id,
        recipient_provider_id=send.recipient_provider_id,
        texts={"message": send.settings["text"]},
        validation_stamps=[],
        chat_id=send.chat_id,
    )


def _missing(send: ClaimedSend, texts: dict[str, str]) -> dict[str, str] | None:
    """The missing field that this action needs, and why it is missing."""
    for field in needed_fields(send.action):
        if not texts.get(field):
            message = (
                f"The step has no {field}. Write one in the campaign file and save it."
            )
            return {"field": field, "message": message}
    if send.action == "comment" and send.social_id is None:
        post = send.settings.get("post", "the step's post")
        message = (
            f"{post} is empty for this person, so there is no post to comment. Import "
            "it as urn:li:activity:…, the post's social id."
        )
        return {"field": "post", "message": message}
    return None


def _refuse_invalid(template: str, custom_fields: list[str]) -> None:
    """Raise the validator's errors of a template; most results are cached."""
    errors = validate(template, FIELDS, custom_fields)
    if errors:
        raise TemplateRenderError(errors[0].message, errors)


def _error_row(
    error: RenderError, field: str, variant: str | None, template: str
) -> dict[str, Any]:
    """The error for the parked enrollment: the sentence, and carets if known."""
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
