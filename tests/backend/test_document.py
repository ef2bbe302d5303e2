"""The OpenAPI document: shapes as the decoder takes them, problems as declared."""

from __future__ import annotations

import re
from typing import Any

import pytest

from safetyclient.backend.app import OPENAPI_PATH
from safetyclient.backend.taxonomy import reasons
from tests.backend.stage import Stage


@pytest.fixture
def schemas(stage: Stage) -> dict[str, Any]:
    document = stage.anonymous.call("GET", OPENAPI_PATH).json()
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def test_items_of_lists_keep_what_is_demanded_of_them(schemas: dict[str, Any]) -> None:
    report = schemas["NewReport"]["properties"]
    assert report["posts"]["items"]["pattern"] == "^[0-9]{1,18}$"
    assert report["posts"]["maxItems"] == 100
    assert set(report["reasons"]["items"]["enum"]) == reasons()
    assert report["moments"]["items"] == {"$ref": "#/components/schemas/Moment"}
    assert "propertyNames" in report["details"]


def test_every_reference_leads_somewhere(stage: Stage) -> None:
    answer = stage.anonymous.call("GET", OPENAPI_PATH)
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', answer.text))
    assert len(names) > 30
    assert names <= set(answer.json()["components"]["schemas"])


def test_a_file_goes_in_as_octets_and_comes_out_as_its_type(stage: Stage) -> None:
    paths = stage.anonymous.call("GET", OPENAPI_PATH).json()["paths"]
    part = paths["/v1/uploads/{upload_id}/parts/{part}"]["put"]
    assert list(part["requestBody"]["content"]) == ["application/octet-stream"]
    media = paths["/v1/media/{media_id}"]["get"]["responses"]
    assert "image/jpeg" in media["200"]["content"]
    assert list(media["404"]["content"]) == ["application/problem+json"]
