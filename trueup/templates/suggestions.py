"""Keeping only the suggestions that fix their error.

Belongs here: applying a suggestion and checking that its error is gone. Does not:
making suggestions (each finding has its own).
"""

from collections.abc import Callable, Sequence

from trueup.templates.errors import Finding

# The most characters that are validated again to check suggestions.
_MOST_TO_CHECK = 20_000
_MOST_SUGGESTIONS = 20


def only_helpful(
    findings: Sequence[Finding],
    text: str,
    check: Callable[[str], Sequence[Finding]],
) -> list[Finding]:
    """The findings, without the suggestions that do not fix their error."""
    affordable = min(_MOST_SUGGESTIONS, _MOST_TO_CHECK // max(len(text), 1))
    kept = []
    for finding in findings:
        fix = finding.fix
        if fix is not None:
            affordable -= 1
            if affordable < 0:
                finding = finding._replace(fix=None)
            else:
                fixed = text[: fix.start] + fix.text + text[fix.end :]
                if not _helps(finding, findings, check(fixed)):
                    finding = finding._replace(fix=None)
        kept.append(finding)
    return kept


def _helps(
    finding: Finding, before: Sequence[Finding], after: Sequence[Finding]
) -> bool:
    if any(
        left.code == finding.code and left.offset == finding.offset for left in after
    ):
        return False
    return len(after) < len(before)
