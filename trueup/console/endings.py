"""Why a campaign ended for a person, in the words of the console.

Belongs here: the people whom somebody stopped, who are stored as failed and did not
fail. Does not: why a campaign that goes on has not written yet (`console_reasons`).
"""

from trueup.marts.blockers import ENDED

# By the classification with which they are stored.
STOPPED = {
    "do_not_contact": "They are not to be contacted, so the campaign stopped.",
    "stopped_by_person": "A person stopped the campaign for them.",
    "invite_withdrawal": "Their invite is withdrawn, so the campaign stopped.",
    "invited_by_another_campaign": "Another campaign invited them, so it stopped.",
}


def why_ended(status: str, failed_classification: str | None) -> str | None:
    """Why a campaign ended for a person; None while it goes on."""
    if status == "failed" and failed_classification in STOPPED:
        return STOPPED[failed_classification]
    ended = ENDED.get(status, "")
    return ended.format(failed_classification=failed_classification) or None
