"""Rows of the matrix: uploads, posts, Spaces, reports, moderation, taxonomy."""

from __future__ import annotations

from tests.backend.matrix import Ask, Facts, Guard, Row, asks
from tests.backend.posting import (
    PNG,
    add_space,
    announcement,
    appeal,
    begin,
    case_about,
    decide,
    publish,
    send,
    send_part,
)
from tests.backend.stage import Stage

SECRET = "for alice and her followers"
_OWN = (Guard.OWNERSHIP,)
_SIGHT = (Guard.SIGHT,)
_FILE = announcement(PNG)
_DECISION = {"outcome": "none", "rule": "1", "text": "Nothing found."}
_ANSWER = {"outcome": "upheld", "text": "It stands."}


def _upload(stage: Stage) -> Facts:
    """Alice has begun an upload and sent nothing."""
    return {"upload": begin(stage.alice, PNG)["id"]}


def _sent_upload(stage: Stage) -> Facts:
    """Alice has sent all of a file, always under the same change and number."""
    upload = stage.alice.do("POST", "/v1/uploads", json=_FILE)["id"]
    assert send_part(stage.alice, upload, 0, PNG).status_code == 200
    return {"upload": upload}


def _nothing_sent(stage: Stage, facts: Facts) -> bool:
    upload = stage.alice.get(f"/v1/uploads/{facts['upload']}")
    return bool(upload["received"] == [])


def _not_finished(stage: Stage, facts: Facts) -> bool:
    return bool(stage.alice.get(f"/v1/uploads/{facts['upload']}")["media"] == "")


def _part(facts: Facts) -> Ask:
    options = {
        "keyed": False,
        "content": PNG,
        "headers": {
            "Digest-SHA256": _FILE["sha256"],
            "Content-Type": "application/octet-stream",
        },
    }
    return Ask("PUT", f"/uploads/{facts['upload']}/parts/0", options)


def _media(stage: Stage) -> Facts:
    """Alice has a file that is not published."""
    return {"media": send(stage.alice, PNG)}


def _not_published(stage: Stage, _facts: Facts) -> bool:
    return bool(stage.alice.get("/v1/me/posts")["items"] == [])


def _publication(facts: Facts) -> Ask:
    body = {"text": "x", "media": [{"id": facts["media"]}]}
    return Ask("POST", "/posts", {"json": body})


def _post(stage: Stage) -> Facts:
    """Alice has a post with a file, for her followers, of whom there are none."""
    post = publish(
        stage.alice, send(stage.alice, PNG), text=SECRET, audience="followers"
    )
    return {"post": post["id"], "media": post["media"][0]["id"]}


def _post_stands(stage: Stage, facts: Facts) -> bool:
    post = stage.alice.call("GET", f"/v1/posts/{facts['post']}")
    return post.status_code == 200 and post.json()["media"][0]["warnings"] == []


def _report_of_post(facts: Facts) -> Ask:
    body = {
        "subject": {"kind": "post", "id": facts["post"]},
        "reasons": ["harass.troll"],
        "behalf": "everyone",
    }
    return Ask("POST", "/reports", {"json": body})


def _space(stage: Stage) -> Facts:
    """Carol hosts a Space and has blocked bob and the moderator."""
    for handle in ("bob", "mod"):
        stage.carol.do("PUT", f"/v1/blocks/@{handle}", json={})
    return {"space": add_space(stage, host=stage.carol, begins=-60, title=SECRET)}


def _case(stage: Stage) -> Facts:
    """Alice has reported carol."""
    return {"case": case_about(stage.alice, stage.carol)}


def _decided(stage: Stage) -> Facts:
    """Alice's case is decided."""
    facts = _case(stage)
    decide(stage.mod, facts["case"])
    case = stage.alice.get(f"/v1/cases/{facts['case']}")
    return {**facts, "decision": case["decision"]["id"]}


def _appealed(stage: Stage) -> Facts:
    """Alice has appealed."""
    facts = _decided(stage)
    return {**facts, "appeal": appeal(stage.alice, facts["case"]).json()["id"]}


def _not_appealed(stage: Stage, facts: Facts) -> bool:
    return bool(stage.alice.get(f"/v1/cases/{facts['case']}")["state"] == "decided")


def _moderation(
    operation: str, method: str, path: str, *, status: int = 200, body: object = None
) -> Row:
    """Return the row of something that only moderators may do."""
    options = {} if body is None else {"json": body}
    return Row(
        operation,
        asks(method, f"/moderation/{path}", **options),
        owner=403,
        other=403,
        moderator=status,
        arrange=_appealed if "appeal" in path else _case,
    )


ROWS: tuple[Row, ...] = (
    Row("getTaxonomy", asks("GET", "/taxonomy"), other=200, public=True),
    Row(
        "createUpload",
        asks("POST", "/uploads", json=_FILE),
        owner=201,
        other=201,
        arrange=_sent_upload,
        secret='"received":[0]',
        guards=_OWN,
    ),
    Row(
        "getUpload",
        asks("GET", "/uploads/{upload}"),
        arrange=_sent_upload,
        secret='"received":[0]',
        guards=_OWN,
    ),
    Row(
        "putUploadPart",
        _part,
        arrange=_upload,
        unharmed=_nothing_sent,
        guards=_OWN,
    ),
    Row(
        "finishUpload",
        asks("POST", "/uploads/{upload}/finish"),
        arrange=_sent_upload,
        unharmed=_not_finished,
        guards=_OWN,
    ),
    Row(
        "publishPost",
        _publication,
        owner=201,
        arrange=_media,
        unharmed=_not_published,
        guards=_OWN,
    ),
    Row(
        "listOwnPosts",
        asks("GET", "/me/posts"),
        other=200,
        arrange=_post,
        secret=SECRET,
        guards=_OWN,
    ),
    Row(
        "listPostsOf",
        asks("GET", "/people/@alice/posts"),
        other=200,
        arrange=_post,
        secret=SECRET,
        guards=_SIGHT,
    ),
    Row(
        "getPost",
        asks("GET", "/posts/{post}"),
        arrange=_post,
        secret=SECRET,
        guards=_SIGHT,
    ),
    Row(
        "getMedia",
        asks("GET", "/media/{media}"),
        arrange=_post,
        guards=_SIGHT,
    ),
    Row(
        "setWarnings",
        asks(
            "PUT", "/posts/{post}/media/{media}/warnings", json={"warnings": ["nudity"]}
        ),
        arrange=_post,
        unharmed=_post_stands,
        guards=_OWN,
    ),
    Row(
        "repost",
        asks("POST", "/posts/{post}/repost"),
        # Not even its author can show to everyone what is for followers.
        owner=403,
        arrange=_post,
        guards=_SIGHT,
    ),
    Row(
        "deletePost",
        asks("DELETE", "/posts/{post}"),
        owner=204,
        arrange=_post,
        unharmed=_post_stands,
        guards=_OWN,
    ),
    Row(
        "listSpaces",
        asks("GET", "/spaces"),
        other=200,
        arrange=_space,
        secret=SECRET,
        guards=_SIGHT,
    ),
    Row(
        "getSpace",
        asks("GET", "/spaces/{space}"),
        arrange=_space,
        secret=SECRET,
        guards=_SIGHT,
    ),
    Row(
        "submitReport",
        _report_of_post,
        owner=201,
        arrange=_post,
        guards=_SIGHT,
    ),
    Row(
        "listCases",
        asks("GET", "/cases"),
        other=200,
        arrange=_case,
        secret='"kind":"received"',
        guards=_OWN,
    ),
    Row(
        "getCase",
        asks("GET", "/cases/{case}"),
        arrange=_case,
        secret='"kind":"received"',
        guards=_OWN,
    ),
    Row(
        "appealDecision",
        asks("POST", "/decisions/{decision}/appeal", json={"text": "No."}),
        owner=201,
        arrange=_decided,
        unharmed=_not_appealed,
        guards=_OWN,
    ),
    _moderation("listModerationCases", "GET", "cases"),
    _moderation("getModerationCase", "GET", "cases/{case}"),
    _moderation("reviewCase", "POST", "cases/{case}/review"),
    _moderation(
        "decideCase", "POST", "cases/{case}/decision", status=201, body=_DECISION
    ),
    _moderation("listModerationAppeals", "GET", "appeals"),
    _moderation(
        "answerAppeal", "POST", "appeals/{appeal}/answer", status=201, body=_ANSWER
    ),
)
