"""Posts in version 2: get, comment, list comments, react."""

import re

from unipile_sandbox.calls import Call
from unipile_sandbox.chance import chance_id
from unipile_sandbox.clock import iso
from unipile_sandbox.routes.posts import SOCIAL_ID
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import REQUIRED_TEXT, TEXT, Rule, Shape
from unipile_sandbox.v2 import shown
from unipile_sandbox.v2.checks import working_account
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.ids import named, opaque
from unipile_sandbox.v2.paging import BY_EITHER, offset_page
from unipile_sandbox.v2.serving import V2Route
from unipile_sandbox.world import Sandbox

LONGEST_COMMENT = 1_250
ACTIVITY_NUMBER = re.compile(r"\d{10,25}")
REACTIONS = tuple(
    f"linkedin_{name}"
    for name in ("like", "celebrate", "support", "love", "insightful", "funny")
)


def get_post(sandbox: Sandbox, call: Call) -> Reply:
    """Takes an id of version 2, and as its only route LinkedIn's own urn or number."""
    working_account(sandbox, call)
    given = call.path["post_id"]
    if ACTIVITY_NUMBER.fullmatch(given):
        given = f"urn:li:activity:{given}"
    social_id = given if SOCIAL_ID.fullmatch(given) else _social_id(call)
    author = "ACoAA" + chance_id(sandbox.world.seed, "author", social_id)
    return Reply(
        {
            "object": "Post",
            "id": opaque("post", social_id),
            "share_url": f"https://www.linkedin.com/feed/update/{social_id}/",
            "created_at": iso(sandbox.clock.now()),
            "text": "A post.",
            "author": shown.user(sandbox.world.people.person(author)),
            "user_reacted": None,
            "permissions": {"can_react": True, "can_comment": True},
            "reactions_counter": [],
            "comments_counter": len(sandbox.world.comments[social_id]),
            "reposts_counter": None,
            "attachments": [],
            "is_repost": False,
        }
    )


def post_comment(sandbox: Sandbox, call: Call) -> Reply:
    account, social_id = working_account(sandbox, call), _social_id(call)
    if len(call.fields["text"]) > LONGEST_COMMENT:
        raise V2Error("provider/invalid_parameters", "The comment is too long.")
    comment_id = sandbox.comment(account.account_id, social_id, call.fields["text"])
    comment = sandbox.world.comments[social_id].get(comment_id)
    assert comment is not None, "it was just posted"
    return Reply(shown.comment(sandbox.world, account, comment), 201)


def list_comments(sandbox: Sandbox, call: Call) -> Reply:
    """Newest first: this sandbox holds every comment for as relevant as any other."""
    account, world = working_account(sandbox, call), sandbox.world
    comments = world.comments[_social_id(call)].oldest_first()[::-1]
    return Reply(
        offset_page(
            sandbox.settings,
            comments,
            call.query,
            lambda one: shown.comment(world, account, one),
        )
    )


def react(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call)
    sandbox.record(
        "reaction_added",
        account_id=account.account_id,
        social_id=_social_id(call),
        reaction_type=call.fields["reaction"].removeprefix("linkedin_"),
    )
    return Reply({"object": "PostReactionAdded"})


def _social_id(call: Call) -> str:
    """LinkedIn's name of the post. Raises V2Error for all but an id of version 2."""
    social_id = named("post", call.path["post_id"])
    if social_id is None:
        raise V2Error("provider/resource_not_found", "Post not found.")
    return social_id


COMMENT: Shape = {
    "text": REQUIRED_TEXT,
    "comment_as": TEXT,
    "attachments": Rule(kind=list),
}
COMMENTS: Shape = BY_EITHER | {
    "sort_by": Rule(choices=("MOST_RECENT", "MOST_RELEVANT"))
}
REACTION: Shape = {
    "reaction": Rule(is_required=True, choices=REACTIONS),
    "react_as": TEXT,
}
POST = "/{account_id}/posts/{post_id}"

ROUTES = [
    V2Route("get_post", "GET", POST, get_post),
    V2Route(
        "post_comment", "POST", f"{POST}/comments", post_comment, {}, COMMENT, "json"
    ),
    V2Route("post_comments", "GET", f"{POST}/comments", list_comments, COMMENTS),
    V2Route("react", "POST", f"{POST}/reactions", react, {}, REACTION, "json"),
]
