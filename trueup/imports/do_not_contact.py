"""Companies and email domains whose people are not contacted.

Belongs here: adding, listing and removing such rules. Does not: which people a rule
marks (`sql/functions/gates/add_do_not_contact_rule.sql`), or a person's own mark.
"""

import dataclasses
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from trueup.postgres.error_sentences import sentence_of

KINDS = ("company", "email_domain")
_MOST_NAMES = 10
_MOST_SIMILAR = 3


@dataclasses.dataclass(frozen=True)
class Marked:
    """The result of a new rule: the numbers of marked people and cancelled jobs.

    first_people: the names of the first few whom it marks. similar_companies: of a
    company that marks nobody, those that are spelled like it.
    """

    people: int
    cancelled_jobs: int
    first_people: tuple[str, ...]
    similar_companies: tuple[str, ...] = ()

    @property
    def names(self) -> str:
        """The first names, and how many more there are."""
        more = self.people - len(self.first_people)
        return ", ".join(self.first_people) + (f" and {more:,} more" if more else "")


@dataclasses.dataclass(frozen=True)
class Rule:
    """A company or an email domain whose people are not contacted, as it was given."""

    kind: str
    written: str
    reason: str
    actor: str
    created_at: datetime


def add_rule(
    connection: psycopg.Connection,
    workspace_id: int,
    kind: str,
    written: str,
    *,
    reason: str,
    actor: str,
    as_of: datetime | None = None,
) -> Marked:
    """Add a rule and mark its people; an import marks people who are added later.

    `kind` is one of KINDS; `written` a company's name, or a domain, with or without an
    address around it. Commits, unless the caller is inside a transaction. Raises
    ValueError, whose text is a sentence, if `written` is no company or domain.
    """
    try:
        with connection.transaction():
            names = connection.execute(
                "select outreach.first_people_of_rule(%s, %s, %s, %s)",
                [workspace_id, kind, written, _MOST_NAMES],
            ).fetchone()
            people, cancelled = connection.execute(
                "select people_count, cancelled_count"
                " from outreach.add_do_not_contact_rule(%s, %s, %s, %s, %s, %s)",
                [workspace_id, kind, written, reason, actor, as_of],
            ).fetchone()
            similar = ([],)
            if kind == "company" and not people:
                similar = connection.execute(
                    "select outreach.similar_companies(%s, %s, %s)",
                    [workspace_id, written, _MOST_SIMILAR],
                ).fetchone()
    except psycopg.errors.CheckViolation as error:
        raise ValueError(sentence_of(error)) from None
    return Marked(people, cancelled, tuple(names[0]), tuple(similar[0]))


def remove_rule(
    connection: psycopg.Connection, workspace_id: int, kind: str, written: str
) -> bool:
    """Remove a rule; returns whether it existed. Marked people stay marked."""
    removed = connection.execute(
        "delete from outreach.do_not_contact_rules as rules"
        " where rules.workspace_id = %s and rules.kind = %s"
        " and rules.value = outreach.do_not_contact_key(%s, %s)",
        [workspace_id, kind, kind, written],
    )
    return removed.rowcount > 0


def rules_of(connection: psycopg.Connection, workspace_id: int) -> list[Rule]:
    """A workspace's rules, companies first, each kind by name."""
    with connection.cursor(row_factory=class_row(Rule)) as cursor:
        return cursor.execute(
            "select kind, written, reason, actor, created_at"
            " from outreach.do_not_contact_rules where workspace_id = %s"
            " order by kind, value",
            [workspace_id],
        ).fetchall()
