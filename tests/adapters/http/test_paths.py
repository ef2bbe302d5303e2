"""H8: an id is one segment of a path, or it is refused."""

from __future__ import annotations

from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetyclient.adapters.http.ids import path
from safetyclient.domain.errors import BadInput

ODD = [
    *("..", ".", "", "../../x", "a/b", "1/..", "%2e%2e", "1?x", "1#x", "1;x", "1\\x"),
    *(
        "1\n",
        " 1",
        "1 ",
        "\u0661",
        "\uff11",
        "1\0",
        "@",
        "@..",
        "@a/b",
        "@a?b",
        "@a#b",
        "@a b",
    ),
    *("9" * 21, "-1", "+1", "1.0", "@" + "a" * 64, "@\ud800", "@%2e%2e", "@a%2fb"),
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("kind", ["id", "who", "key", "n", "media"])
def test_h8_odd_ids_are_refused(kind: str, text: str) -> None:
    with pytest.raises(BadInput):
        path(f"/v1/x/{{{kind}}}/y", **{kind: text})


@given(st.text(max_size=40), st.sampled_from(["id", "who", "key", "n", "media"]))
def test_h8_any_text_is_one_segment_or_refused(text: str, kind: str) -> None:
    try:
        made = path(f"/v1/x/{{{kind}}}/y", **{kind: text})
    except BadInput:
        return
    url = httpx.URL("https://one.example" + made.text)
    assert (url.host, url.query, url.fragment) == ("one.example", b"", "")
    segments = url.raw_path.decode().split("/")
    assert segments[:3] + segments[4:] == ["", "v1", "x", "y"]
    assert unquote(segments[3]).removeprefix("@").strip(".") != ""


@given(st.from_regex(r"@[a-z0-9_]([a-z0-9_.-]{0,20}[a-z0-9_])?", fullmatch=True))
def test_h8_handles_keep_their_spelling(text: str) -> None:
    assert unquote(path("/v1/people/{who}", who=text).text) == f"/v1/people/{text}"


def test_h8_the_template_is_kept_apart() -> None:
    made = path("/v1/posts/{id}/media/{media}/warnings", id="12", media="7")
    assert made.text == "/v1/posts/12/media/7/warnings"
    assert made.template == "/v1/posts/{id}/media/{media}/warnings"
    with pytest.raises(KeyError):
        path("/v1/posts/{id}")
    with pytest.raises(KeyError):
        path("/v1/posts", id="1")
    with pytest.raises(KeyError):
        path("/v1/posts/{other}", other="1")
