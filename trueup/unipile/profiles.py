"""What a profile says about the account that looked it up.

Belongs here: reading the fields of a UserProfile. Does not: the call, or what follows.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Relationship:
    """How a person and an account are related, by the person's profile.

    invitation_status: of the invitation that the account sent: PENDING, IGNORED or
        WITHDRAWN; None if the profile shows none.
    """

    is_connected: bool
    invitation_status: str | None


def relationship(profile: Mapping[str, Any]) -> Relationship:
    """Reads the body of `GET /users/{identifier}` (an object UserProfile)."""
    invitation = profile.get("invitation")
    invitation = invitation if isinstance(invitation, dict) else {}
    status = invitation.get("status")
    is_ours = invitation.get("type") == "SENT" and isinstance(status, str)
    return Relationship(
        profile.get("is_relationship") is True
        or profile.get("network_distance") == "FIRST_DEGREE",
        status if is_ours else None,
    )


def says_relationship(profile: Mapping[str, Any]) -> bool:
    """Whether a profile says if its person is connected; without it, nobody knows."""
    return isinstance(profile.get("is_relationship"), bool) or isinstance(
        profile.get("network_distance"), str
    )
