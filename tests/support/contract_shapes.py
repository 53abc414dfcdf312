"""Shapes of the provider's answers, and a matcher that says where one differs.

Belongs here: shapes as the published client validates them. A dict names every key (a
key that ends in "?" may be missing); a list holds the shape of each item; a tuple is a
choice; a type or a text stands for itself. Which call gives which is with the tests.
"""

NUMBER = (int, float)
MAYBE_TEXT = (str, None)
CURSOR = (str, None)


def listed(name, item):
    """A page of a list."""
    return {"object": name, "items": [item], "cursor": CURSOR}


ACCOUNT = {
    "object": "Account",
    "type": "LINKEDIN",
    "id": str,
    "name": str,
    "created_at": str,
    "groups": [str],
    "connection_params": {
        "im": {
            "id": str,
            "username": str,
            "premiumContractId": MAYBE_TEXT,
            "premiumFeatures": [("premium", "recruiter", "sales_navigator")],
            "publicIdentifier": str,
            "organizations": [dict],
        }
    },
    "sources": [
        {
            "id": str,
            "status": (
                "OK",
                "STOPPED",
                "ERROR",
                "CREDENTIALS",
                "PERMISSIONS",
                "CONNECTING",
            ),
        }
    ],
}
PERSON_DISTANCES = ("FIRST_DEGREE", "SECOND_DEGREE", "THIRD_DEGREE", "OUT_OF_NETWORK")
PROFILE = {
    "object": "UserProfile",
    "provider": "LINKEDIN",
    "provider_id": str,
    "public_identifier": MAYBE_TEXT,
    "member_urn": str,
    "first_name": MAYBE_TEXT,
    "last_name": MAYBE_TEXT,
    "headline": str,
    "primary_locale": {"country": str, "language": str},
    "is_open_profile": bool,
    "is_premium": bool,
    "is_influencer": bool,
    "is_creator": bool,
    "is_hiring": bool,
    "is_open_to_work": bool,
    "is_saved_lead": bool,
    "is_crm_imported": bool,
    "is_relationship": bool,
    "is_self": bool,
    "can_send_inmail": bool,
    "location": str,
    "websites": [str],
    "follower_count": int,
    "connections_count": int,
    "shared_connections_count": int,
    "network_distance?": PERSON_DISTANCES,
    "public_profile_url": str,
    "profile_picture_url": str,
    "invitation?": {
        "type": ("SENT", "RECEIVED"),
        "status": ("PENDING", "IGNORED", "WITHDRAWN"),
    },
    "summary?": str,
    "work_experience?": [
        {
            "position": str,
            "company": str,
            "location": str,
            "current": bool,
            "start": MAYBE_TEXT,
            "end": MAYBE_TEXT,
        }
    ],
    "education?": [dict],
    "languages?": [{"name": str}],
    "skills?": [dict],
    "certifications?": [dict],
}
OWNER = {
    "object": "AccountOwnerProfile",
    "provider": "LINKEDIN",
    "provider_id": str,
    "entity_urn": str,
    "object_urn": str,
    "first_name": str,
    "last_name": str,
    "profile_picture_url": MAYBE_TEXT,
    "public_profile_url": str,
    "public_identifier": str,
    "headline": str,
    "location": str,
    "email": str,
    "premium": bool,
    "open_profile": bool,
    "occupation": MAYBE_TEXT,
    "recruiter": MAYBE_TEXT,
    "sales_navigator": MAYBE_TEXT,
}
INVITATION = {
    "object": "InvitationSent",
    "id": str,
    "invited_user": MAYBE_TEXT,
    "invited_user_id": MAYBE_TEXT,
    "invited_user_public_id": MAYBE_TEXT,
    "invited_user_description": MAYBE_TEXT,
    "date": str,
    "parsed_datetime": MAYBE_TEXT,
    "invitation_text": MAYBE_TEXT,
    "inviter": {
        "inviter_name": str,
        "inviter_id": str,
        "inviter_public_identifier": str,
        "inviter_description": MAYBE_TEXT,
    },
    "specifics": {"provider": "LINKEDIN", "shared_secret": str},
}
RELATION = {
    "object": "UserRelation",
    "first_name": str,
    "last_name": str,
    "headline": str,
    "public_identifier": str,
    "public_profile_url": str,
    "created_at": NUMBER,
    "member_id": str,
    "member_urn": str,
    "connection_urn": str,
    "profile_picture_url": str,
}
FLAG = (0, 1)
MESSAGE = {
    "object": "Message",
    "id": str,
    "provider_id": str,
    "account_id": str,
    "chat_id": str,
    "chat_provider_id": str,
    "sender_id": str,
    "sender_attendee_id": str,
    "text": MAYBE_TEXT,
    "timestamp": str,
    "is_sender": FLAG,
    "attachments": [dict],
    "reactions": [dict],
    "seen": FLAG,
    "seen_by": dict,
    "hidden": FLAG,
    "deleted": FLAG,
    "edited": FLAG,
    "is_event": FLAG,
    "delivered": FLAG,
    "behavior": (0, 1, None),
    "original": str,
}
CHAT = {
    "object": "Chat",
    "id": str,
    "account_id": str,
    "account_type": "LINKEDIN",
    "provider_id": str,
    "attendee_provider_id": str,
    "name": MAYBE_TEXT,
    "type": (0, 1, 2),
    "timestamp": MAYBE_TEXT,
    "unread_count": int,
    "archived": FLAG,
    "muted_until": (-1, str, None),
    "read_only": (0, 1, 2),
    "disabledFeatures": [str],
    "folder": [str],
    "subject?": str,
    "content_type?": "inmail",
}
ATTENDEE = {
    "object": "ChatAttendee",
    "id": str,
    "account_id": str,
    "provider_id": str,
    "name": str,
    "is_self": FLAG,
    "hidden": FLAG,
    "picture_url": str,
    "profile_url": str,
    "specifics": {"provider": "LINKEDIN", "member_urn": str, "occupation": str},
}
COMMENT = {
    "object": "Comment",
    "id": str,
    "author": MAYBE_TEXT,
    "author_details": {
        "id": MAYBE_TEXT,
        "headline": MAYBE_TEXT,
        "profile_url": MAYBE_TEXT,
        "network_distance": (*PERSON_DISTANCES, None),
    },
    "date": str,
    "text": str,
    "reaction_counter": NUMBER,
    "reply_counter": NUMBER,
}
WEBHOOK = {
    "object": "Webhook",
    "id": str,
    "type": "AUTO",
    "account_ids": [{"id": str, "name?": str, "type": "LINKEDIN"}],
    "enabled": bool,
    "name?": str,
    "request_url": str,
    "format": ("json", "form"),
    "headers": [{"key": str, "value": str}],
    "data": [{"name": str, "key": str}],
    "events?": [str],
}
CHECKPOINT = {
    "object": "Checkpoint",
    "account_id": str,
    "checkpoint": {"type": "2FA", "source?": ("SMS", "APP")},
}


def differences(value, shape, where="answer"):
    """Where the value is not of the shape, as sentences; none where it is."""
    if isinstance(shape, dict):
        return _object_differences(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is {value!r}, no list"]
        return [
            sentence
            for number, item in enumerate(value)
            for sentence in differences(item, shape[0], f"{where}[{number}]")
        ]
    choices = shape if isinstance(shape, tuple) else (shape,)
    if any(_is(value, choice) for choice in choices):
        return []
    return [f"{where} is {value!r}, none of {choices}"]


def _object_differences(value, shape, where):
    if not isinstance(value, dict):
        return [f"{where} is {value!r}, no object"]
    known = {key.removesuffix("?"): part for key, part in shape.items()}
    needed = {key for key in shape if not key.endswith("?")}
    found = [f"{where} lacks {key}" for key in sorted(needed - value.keys())]
    for key, part in value.items():
        if key in known:
            found += differences(part, known[key], f"{where}.{key}")
        else:
            found.append(f"{where} has {key}, which the contract has not")
    return found


def _is(value, choice):
    if isinstance(choice, type):
        return isinstance(value, choice) and (
            choice is bool or not isinstance(value, bool)
        )
    return type(value) is type(choice) and value == choice
