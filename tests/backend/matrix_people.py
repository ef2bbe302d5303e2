"""Rows of the matrix: sessions, people, follows, settings, lists, operations."""

from __future__ import annotations

from tests.backend.matrix import Facts, Guard, Row, asks
from tests.backend.stage import Stage, new_key

SECRET = "only alice reads this"
_OWN = (Guard.OWNERSHIP,)
_PROTECT = {"json": {"protected": True}, "headers": {"If-Match": "*"}}


def _entries(stage: Stage) -> Facts:
    for kind in ("mutes", "blocks"):
        stage.alice.do("PUT", f"/v1/{kind}/@carol", json={"note": SECRET})
    return {}


def _entries_stand(stage: Stage, _facts: Facts) -> bool:
    return all(
        [entry["note"] for entry in stage.alice.get(f"/v1/{kind}")["items"]] == [SECRET]
        for kind in ("mutes", "blocks")
    )


def _no_entries(stage: Stage, _facts: Facts) -> bool:
    return all(
        stage.alice.get(f"/v1/{kind}")["items"] == [] for kind in ("mutes", "blocks")
    )


def _request(stage: Stage) -> Facts:
    """Carol asks to follow alice."""
    stage.alice.do("PUT", "/v1/settings", **_PROTECT)
    stage.carol.do("PUT", "/v1/me/following/@alice")
    return {"carol": stage.carol.id}


def _request_stands(stage: Stage, _facts: Facts) -> bool:
    return len(stage.alice.get("/v1/me/requests")["items"]) == 1


def _follower(stage: Stage) -> Facts:
    """Carol follows alice, and alice follows carol."""
    stage.carol.do("PUT", "/v1/me/following/@alice")
    stage.alice.do("PUT", "/v1/me/following/@carol")
    return {"carol": stage.carol.id}


def _followed(stage: Stage) -> Facts:
    """Carol follows alice; nobody else follows anybody."""
    stage.carol.do("PUT", "/v1/me/following/@alice")
    return {}


def _follower_stands(stage: Stage, _facts: Facts) -> bool:
    me = stage.alice.get("/v1/me")
    return (me["followers"], me["following"]) == (1, 1)


def _follows_nobody(stage: Stage, _facts: Facts) -> bool:
    return bool(stage.alice.get("/v1/me")["following"] == 0)


def _public(stage: Stage, _facts: Facts) -> bool:
    return bool(stage.alice.get("/v1/settings") == {"protected": False})


def _protected(stage: Stage) -> Facts:
    stage.alice.do("PUT", "/v1/settings", **_PROTECT)
    return {}


def _operation(stage: Stage) -> Facts:
    key = new_key()
    stage.alice.do("PUT", "/v1/mutes/@carol", key=key, json={})
    return {"key": key}


def _lists(kind: str, noun: str, verb: str) -> tuple[Row, ...]:
    one = noun.removesuffix("s")
    wish = {"change": new_key(), "person": "@carol", "on": True}
    return (
        Row(
            f"list{noun}",
            asks("GET", f"/{kind}"),
            other=200,
            arrange=_entries,
            secret=SECRET,
            guards=_OWN,
        ),
        Row(
            f"list{one}Changes",
            # The feed of another user begins at nothing: mark 0 is good for all.
            asks("GET", f"/{kind}/changes?since=0"),
            other=200,
            arrange=_entries,
            secret=SECRET,
            guards=_OWN,
        ),
        Row(
            f"change{noun}",
            asks("POST", f"/{kind}/bulk", json={"items": [wish]}),
            other=200,
            unharmed=_no_entries,
        ),
        Row(
            f"put{one}",
            asks("PUT", f"/{kind}/@carol", json={"note": f"{verb} by somebody"}),
            other=200,
            arrange=_entries,
            unharmed=_entries_stand,
        ),
        Row(
            f"delete{one}",
            asks("DELETE", f"/{kind}/@carol"),
            owner=204,
            other=204,
            arrange=_entries,
            unharmed=_entries_stand,
        ),
    )


ROWS: tuple[Row, ...] = (
    Row("getServer", asks("GET", "/server"), other=200, public=True),
    Row(
        "signIn",
        asks("POST", "/session", keyed=False, json={"handle": "bob", "password": "x"}),
        owner=401,
        other=401,
        public=True,
    ),
    Row("getSession", asks("GET", "/session"), other=200, secret='"alice"'),
    Row("signOut", asks("DELETE", "/session", keyed=False), owner=204, other=204),
    Row("getMe", asks("GET", "/me"), other=200, secret='"alice"'),
    Row("getPerson", asks("GET", "/people/@carol"), other=200),
    Row(
        "searchPeople",
        asks("GET", "/people?search=alice"),
        other=200,
        arrange=_protected,
        secret="@alice",
        guards=(Guard.SIGHT,),
    ),
    Row(
        "listFollowers",
        asks("GET", "/me/followers"),
        other=200,
        arrange=_follower,
        secret="@carol",
        guards=_OWN,
    ),
    Row(
        "listFollowing",
        asks("GET", "/me/following"),
        other=200,
        arrange=_follower,
        secret="@carol",
        guards=_OWN,
    ),
    Row(
        "listRequests",
        asks("GET", "/me/requests"),
        other=200,
        arrange=_request,
        secret="@carol",
        guards=_OWN,
    ),
    Row(
        "removeFollower",
        asks("DELETE", "/me/followers/{carol}"),
        owner=204,
        other=204,
        arrange=_follower,
        unharmed=_follower_stands,
        guards=_OWN,
    ),
    Row(
        "followPerson",
        asks("PUT", "/me/following/@carol"),
        other=200,
        unharmed=_follows_nobody,
    ),
    Row(
        "unfollowPerson",
        asks("DELETE", "/me/following/@carol"),
        owner=204,
        other=204,
        arrange=_follower,
        unharmed=_follower_stands,
        guards=_OWN,
    ),
    Row(
        "acceptRequest",
        asks("POST", "/me/requests/{carol}/accept"),
        owner=204,
        arrange=_request,
        unharmed=_request_stands,
        guards=_OWN,
    ),
    Row(
        "rejectRequest",
        asks("POST", "/me/requests/{carol}/reject"),
        owner=204,
        arrange=_request,
        unharmed=_request_stands,
        guards=_OWN,
    ),
    Row(
        "getSettings",
        asks("GET", "/settings"),
        other=200,
        arrange=_protected,
        secret='{"protected":true}',
        guards=_OWN,
    ),
    Row(
        "putSettings",
        asks("PUT", "/settings", **_PROTECT),
        other=200,
        unharmed=_public,
        guards=_OWN,
    ),
    Row(
        "getConsequences",
        asks("GET", "/settings/consequences?protected=true"),
        other=200,
        arrange=_followed,
        secret='"followers":1',
        guards=_OWN,
    ),
    *_lists("mutes", "Mutes", "muted"),
    *_lists("blocks", "Blocks", "blocked"),
    Row(
        "getOperation",
        asks("GET", "/operations/{key}"),
        arrange=_operation,
        secret='"mute"',
        guards=_OWN,
    ),
)
