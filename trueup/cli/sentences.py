"""Errors that end a command with a sentence, and text that is safe to print.

Belongs here: code that every command needs first, so it imports only click.
"""

import re
from typing import IO

import click

NOTHING_WRITTEN = "Nothing was written: add --commit and set CONFIRM=yes."
# Control characters, and characters that change the text direction or break lines.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_UNSAFE_BUT_NEW_LINES = re.compile(
    _UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f")
)


class SentenceError(click.ClickException):
    """An error as one sentence; the command ends with 2."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        """Prints the sentence alone, without click's prefix."""
        click.echo(escaped_lines(self.format_message()), file=file, err=file is None)


class RefusalError(click.ClickException):
    """Something that was refused, told in one sentence; the command ends with 1."""

    def show(self, file: IO[str] | None = None) -> None:
        """Prints the sentence with click's prefix."""
        text = f"Error: {escaped_lines(self.format_message())}"
        click.echo(text, file=file, err=file is None)


def escaped(text: str) -> str:
    """The text on one line, with control characters escaped."""
    return _UNSAFE.sub(_written_out, text)


def escaped_lines(text: str) -> str:
    """The same, with its line breaks."""
    return _UNSAFE_BUT_NEW_LINES.sub(_written_out, text)


def say(text: str, *, err: bool = False) -> None:
    """Prints a sentence that may contain names from the database."""
    click.echo(escaped_lines(text), err=err)


def _written_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
