"""Counts the SQL functions that one due job can come through, all branches counted.

Reads the files of an sql folder, so that it can be run on another checkout too. A
function reaches those that its body names, and the trigger functions of the tables that
it writes. A view stands for the functions that it names. Steps that a folder does not
have are left out.
"""

import dataclasses
import pathlib
import re
import sys

import click

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from trueup.paths import SQL_FOLDER

# What the sender calls for a round, in order, and what it calls for a row that fails.
STEPS = (
    "claim_send_jobs",
    "claimed_send_jobs",
    "begin_send_attempts",
    "record_send_outcomes",
    "append_send_outcomes",
    "settle_send_outcomes",
    "advance_enrollments",
    "quarantine_job",
    "quarantine_answer",
)
# An error's hint names functions that nobody calls there.
COMMENT_OR_STRING = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
FUNCTION = re.compile(
    r"create (?:or replace )?(?:function|view) outreach\.(\w+)(.*?)"
    r"(?=create (?:or replace )?(?:function|view|constraint trigger|trigger)\b|\Z)",
    re.DOTALL,
)
TRIGGER = re.compile(
    r"create (?:or replace )?(?:constraint )?trigger \w+\s+(?:before|after)\s+(.*?)\s+"
    r"on outreach\.(\w+)\b.*?execute function outreach\.(\w+)",
    re.DOTALL,
)
EVENT = re.compile(r"\b(insert|update|delete)\b(?: of ([\w, \n]+))?")
WRITE = re.compile(
    r"\b(insert) into outreach\.(\w+)|\b(update) outreach\.(\w+)"
    r"|\b(delete) from outreach\.(\w+)"
)
# Another insert of the same statement has a conflict of its own.
UPSERT = re.compile(
    r"insert into outreach\.(\w+)(?:(?!insert into)[^;])*?on conflict"
    r"(?:(?!insert into)[^;])*?do update"
)


@dataclasses.dataclass(frozen=True)
class Sql:
    """What an sql folder says: texts of functions and views, and triggers of tables.

    fired: trigger functions by (event, table), each with the columns whose update fires
    it, none for all.
    """

    texts: dict[str, str]
    views: frozenset[str]
    fired: dict[tuple[str, str], set[tuple[str, tuple[str, ...]]]]

    def next_to(self, name: str) -> set[str]:
        """The functions and views that a function or view leads to."""
        text = self.texts[name]
        named = set(re.findall(r"\boutreach\.(\w+)", text)) & self.texts.keys()
        writes = {
            (words[0], words[1])
            for match in WRITE.finditer(text)
            for words in [[word for word in match.groups() if word]]
        }
        writes |= {("update", table) for table in UPSERT.findall(text)}
        fired = {
            function
            for write in writes
            for function, columns in self.fired.get(write, ())
            if not columns or any(re.search(rf"\b{each} =", text) for each in columns)
        }
        return (named | fired) - {name}

    def reachable(self, first: str) -> set[str]:
        """All functions that a call of the first one can come through, with it."""
        reached, ahead = set(), [first]
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += self.next_to(name)
        return reached - self.views


def read_sql(folder: pathlib.Path) -> Sql:
    texts: dict[str, str] = {}
    views: set[str] = set()
    fired: dict[tuple[str, str], set[tuple[str, tuple[str, ...]]]] = {}
    for path in sorted(folder.rglob("*.sql")):
        if path.relative_to(folder).parts[0] not in ("functions", "triggers", "views"):
            continue
        text = COMMENT_OR_STRING.sub("", path.read_text())
        for match in FUNCTION.finditer(text):
            texts[match[1]] = match[2]
            if " view outreach." in match[0]:
                views.add(match[1])
        for events, table, function in TRIGGER.findall(text):
            for event, names in EVENT.findall(events):
                columns = tuple(re.findall(r"\w+", names)) if event == "update" else ()
                fired.setdefault((event, table), set()).add((function, columns))
    return Sql(texts, frozenset(views), fired)


@click.command(help=__doc__)
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    default=SQL_FOLDER,
)
@click.option("--names", is_flag=True, help="Name the functions too.")
def main(folder: pathlib.Path, names: bool) -> None:
    """Print the count of each step and of all together."""
    sql = read_sql(folder)
    triggers = {each for fired in sql.fired.values() for each, _ in fired}
    everything: set[str] = set()
    for step in STEPS:
        if step in sql.texts:
            reached = sql.reachable(step)
            everything |= reached
            click.echo(f"{step}: {len(reached)}, triggers' {len(reached & triggers)}")
    click.echo(f"all: {len(everything)}, triggers' {len(everything & triggers)}")
    if names:
        click.echo("\n".join(sorted(everything)))


if __name__ == "__main__":
    main()
