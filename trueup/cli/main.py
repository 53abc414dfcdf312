"""The command `trueup`: its groups by noun, each loaded on first use.

Belongs here: the module of each noun, and how a command ends. Does not: options or
commands. It imports only click, so that help is fast.
"""

import contextlib
import errno
import importlib
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import click

from trueup.cli.sentences import SentenceError, escaped

_INTERRUPTED = 130  # the exit code that a shell reports after Ctrl-C


@dataclass(frozen=True)
class Noun:
    """A group or command: its place as module:name, and its short help."""

    place: str
    help: str


NOUNS = {
    "workspace": Noun("trueup.cli.workspace:workspace", "Tenants: add and list them."),
    "account": Noun(
        "trueup.cli.account:account",
        "LinkedIn accounts: connect them, set their limits, windows and zones, pause.",
    ),
    "campaign": Noun(
        "trueup.cli.campaign:campaign",
        "Campaigns: check, preview and save files, list, pause and resume.",
    ),
    "prospect": Noun(
        "trueup.cli.prospect:prospect",
        "People: import them, say why one was not messaged, pause one.",
    ),
    "invite": Noun(
        "trueup.cli.invite:invite",
        "Invites without an answer: list them, withdraw old ones.",
    ),
    "template": Noun("trueup.cli.template:template", "Templates: check them."),
    "send": Noun(
        "trueup.cli.send:send",
        "The send queue: work it, see what is next, decide unknown sends.",
    ),
    "reply": Noun(
        "trueup.cli.reply:reply",
        "Replies: list and read conversations, answer, stop a sequence.",
    ),
    "heal": Noun("trueup.cli.heal:heal", "Repairs of stored rows, dry runs first."),
    "alert": Noun(
        "trueup.cli.alert:alert",
        "Alerts: list, acknowledge and close them, and test where they go.",
    ),
    "endpoint": Noun(
        "trueup.cli.endpoint:endpoint",
        "Addresses of other programs that are told events, such as a CRM.",
    ),
    "webhook": Noun(
        "trueup.cli.webhook:webhook", "Inbound events: read again what was missed."
    ),
    "mart": Noun(
        "trueup.cli.mart:mart",
        "Figures: worked questions, metrics, and a mart at a past moment.",
    ),
    "db": Noun("trueup.cli.db:db", "The database: migrate it, check its rows."),
    "docs": Noun(
        "trueup.cli.docs:docs", "Build the documentation of the models, serve it."
    ),
}


class CommandLine(click.Group):
    """A group that imports a noun when it is used."""

    def __init__(self, nouns: Mapping[str, Noun], **settings: object) -> None:
        super().__init__(**settings)
        self.nouns = dict(nouns)

    def main(
        self, *args: object, prog_name: str | None = None, **settings: object
    ) -> object:
        """Runs it under its own name, however it was started."""
        return super().main(*args, prog_name=prog_name or "trueup", **settings)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The nouns in their order."""
        return list(self.nouns)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The noun's group, imported now."""
        noun = self.nouns.get(cmd_name)
        if noun is None:
            return None
        module, _, name = noun.place.partition(":")
        return getattr(importlib.import_module(module), name)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Lists the nouns without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, noun.help) for name, noun in self.nouns.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuses arguments that are not UTF-8, which no name or query can contain."""
        for argument in args:
            if not _is_utf_8(argument):
                raise SentenceError(
                    f"The argument {escaped(argument)} is not UTF-8. Set the terminal "
                    "to UTF-8, or rename the file."
                )
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; Ctrl-C and a closed pipe end it without a message."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            ctx.exit(_INTERRUPTED)
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            _forget_output()
            ctx.exit(1)


def command_line(nouns: Mapping[str, Noun]) -> CommandLine:
    """The command with these nouns; other packages add their own to NOUNS."""
    return CommandLine(
        nouns,
        name="trueup",
        context_settings={"help_option_names": ["-h", "--help"]},
        help=(
            "LinkedIn outreach whose every figure recomputes from rows.\n\n"
            "A workspace, an account, a campaign or a person is given by its id or its "
            "name. What writes for many is a dry run unless --commit is given and "
            "CONFIRM=yes is set in the environment.\n\n"
            'Example: trueup prospect why "Ada Lovelace"'
        ),
    )


def _is_utf_8(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _forget_output() -> None:
    """Redirects output, so that the flush at exit does not fail on the closed pipe."""
    for name in ("stdout", "stderr"):
        with contextlib.suppress(OSError, ValueError):
            getattr(sys, name).close()
        setattr(sys, name, io.StringIO())


main = command_line(NOUNS)

if __name__ == "__main__":
    main()
