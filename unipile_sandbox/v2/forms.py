"""Scripted forms of signatures: how the next webhooks of version 2 are signed."""

from unipile_sandbox.v2.signature import FORMS


class SignatureForms:
    """Forms in the order of their scripting; each is for one call to an endpoint."""

    def __init__(self) -> None:
        self._forms: list[str] = []

    def script(self, form: str, times: int) -> None:
        """Raises ValueError with a sentence for a form that does not exist."""
        if form not in FORMS:
            known = ", ".join(FORMS)
            raise ValueError(f"there is no form {form!r}; the forms are: {known}")
        self._forms += [form] * times

    def take(self) -> str | None:
        return self._forms.pop(0) if self._forms else None

    def clear(self) -> None:
        self._forms.clear()
