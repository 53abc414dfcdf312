"""What people type into forms, read within limits.

Belongs here: reading a form, and the errors that send it back. Does not: judging
values, which the database does.
"""

from collections.abc import Iterator, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_FIELDS = 1_000
MOST_BYTES = 1_048_576


class RefusedError(Exception):
    """An act that is not done: a sentence, and one for each field that is wrong."""

    def __init__(self, sentence: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = dict(fields or {})


CONFIRMED = "confirm"


def ask(form: "Form", asked: str, question: str) -> None:
    """Goes on after a yes; otherwise raises RefusedError, and the form asks.

    asked: names everything that the act would take away; a yes to anything else is no
    yes to it. question: what the act does, with its numbers of people and jobs.
    """
    if form[CONFIRMED] != asked:
        raise RefusedError("", {CONFIRMED: question, "asked": asked})


class Form(Mapping[str, str]):
    """The fields of one sent form, without surrounding blanks; a file is no field.

    A field that was not sent is an empty text, as one that was left empty.
    """

    def __init__(
        self, fields: Mapping[str, list[str]], files: Mapping[str, bytes] | None = None
    ) -> None:
        self._fields = fields
        self.files = dict(files or {})

    def __getitem__(self, name: str) -> str:
        values = self._fields.get(name)
        return values[-1] if values else ""

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def all(self, name: str) -> list[str]:
        """Every value of a field that stands in the form several times."""
        return list(self._fields.get(name, []))

    def needed(self, name: str, sentence: str) -> str:
        """The field's text. Raises RefusedError with the sentence if it is empty."""
        if not self[name]:
            raise RefusedError(sentence, {name: sentence})
        return self[name]

    def number(self, name: str, sentence: str) -> int:
        """A whole number from 0. Raises RefusedError with the sentence."""
        text = self[name]
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise RefusedError(sentence, {name: sentence})
        return int(text)

    def row_id(self, name: str) -> int:
        """An id that the page wrote into its form, or 0. Raises RefusedError."""
        text = self[name]
        if not (text.isascii() and text.isdecimal() and len(text) <= 18):
            raise RefusedError("This form is not whole. Load its page again.")
        return int(text)


async def form_of(request: Request, largest_file: int = 0) -> Form:
    """The form of a POST. Raises HTTPException if it is too large or malformed.

    largest_file: the bytes of the one file that the form may have.
    """
    most = MOST_BYTES + largest_file
    announced = request.headers.get("content-length", "")
    if not announced.isdecimal() or int(announced) > most:
        raise HTTPException(413, f"This form has at most {most:,} bytes.")
    fields: dict[str, list[str]] = {}
    files = {}
    most_files = 1 if largest_file else 0
    try:
        async with request.form(max_files=most_files, max_fields=MOST_FIELDS) as sent:
            for name, value in sent.multi_items():
                if not isinstance(value, str):
                    files[name] = await value.read()
                    continue
                # Postgres has no text with this character, nor with half of a pair,
                # which a form of another encoding can name.
                text = value.replace("\x00", "").replace("\r\n", "\n").strip()
                f"{name}{text}".encode()
                fields.setdefault(name, []).append(text)
    except UnicodeError:
        sentence = "This form is not UTF-8. Load its page again."
        raise HTTPException(400, sentence) from None
    return Form(fields, files)
