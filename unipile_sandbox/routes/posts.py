"""Posts: comment, list comments, react."""

import re
from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.clock import iso
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.paging import page_of
from unipile_sandbox.records import Comment
from unipile_sandbox.routes.checks import working_account
from unipile_sandbox.serving import ApiRoute, Reply
from unipile_sandbox.shapes import (
    REQUIRED_TEXT,
    TEXT,
    Rule,
    Shape,
    limit_rule,
)
from unipile_sandbox.world import Sandbox

SOCIAL_ID = re.compile(r"urn:li:(activity|ugcPost|share):\d+")


def post_comment(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.fields["account_id"])
    social_id = _social_id(call.path["social_id"])
    sandbox.comment(account.account_id, social_id, call.fields["text"])
    return Reply({"object": "CommentSent"}, 201)


def list_comments(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.query["account_id"])
    index = sandbox.world.comments[_social_id(call.path["social_id"])]
    people = sandbox.world.people

    def show(comment: Comment) -> dict[str, Any]:
        author = people.person(comment.author)
        is_related = sandbox.world.is_related(account.provider_id, comment.author)
        return {
            "object": "Comment",
            "id": comment.comment_id,
            "author": author.name,
            "author_details": {
                "id": author.provider_id,
                "headline": author.headline,
                "profile_url": author.profile_url,
                "network_distance": "FIRST_DEGREE" if is_related else None,
            },
            "date": iso(comment.posted_at),
            "text": comment.text,
            "reaction_counter": 0,
            "reply_counter": 0,
        }

    page = page_of(index, "CommentList", call.query, 100, show)
    return Reply(page | {"total_items": len(index)})


def react(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call.fields["account_id"])
    social_id = _social_id(call.fields["post_id"])
    sandbox.record(
        "reaction_added",
        account_id=account.account_id,
        social_id=social_id,
        reaction_type=call.fields.get("reaction_type", "like"),
    )
    return Reply({"object": "ReactionAdded"}, 201)


def _social_id(text: str) -> str:
    if not SOCIAL_ID.fullmatch(text):
        raise ProviderError(
            "invalid_post", "Use the post's social_id: urn:li:activity:…"
        )
    return text


COMMENT: Shape = {
    "account_id": REQUIRED_TEXT,
    "text": Rule(is_required=True, shortest=1, longest=1_250),
    "mentions": Rule(kind=list),
    "external_link": TEXT,
    "as_organization": TEXT,
    "comment_id": TEXT,
}
COMMENTS: Shape = {
    "account_id": REQUIRED_TEXT,
    "limit": limit_rule(100),
    "cursor": TEXT,
    "comment_id": TEXT,
}
REACTION: Shape = {
    "account_id": REQUIRED_TEXT,
    "post_id": REQUIRED_TEXT,
    "reaction_type": Rule(
        choices=("like", "celebrate", "support", "love", "insightful", "funny")
    ),
}

ROUTES = [
    ApiRoute("react", "POST", "/posts/reaction", react, {}, REACTION, "json"),
    ApiRoute(
        "post_comment",
        "POST",
        "/posts/{social_id}/comments",
        post_comment,
        {},
        COMMENT,
        "json",
    ),
    ApiRoute(
        "post_comments",
        "GET",
        "/posts/{social_id}/comments",
        list_comments,
        COMMENTS,
    ),
]
