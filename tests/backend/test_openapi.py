"""The OpenAPI document against the server: schemathesis with all of its checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig

from safetyclient.backend import access
from safetyclient.backend.app import OPENAPI_PATH
from tests.backend.processes import ServerProcess, start_server
from tests.backend.stage import new_key, sign_in

CASES = 1000
"""At least so many requests are made up and sent."""
PLAIN = 2
"""Operations without any parameter: only one request can be made up for each."""
ENOUGH_SUCCESS = 0.2
EXPECTED = ["2xx", "401", "403", "404", "409", "410", "412", "413", "415", "422", "428"]
"""What a valid request may meet: besides success, a mark or a Space that is gone, an
ETag of another state, none at all, more than a mebibyte, a content that is not what
it is called, a state that has passed."""
RULES = {
    # A made-up hash is not that of a made-up body, nor has that the length agreed.
    "putUploadPart": ["400"],
    # The limit is a setting.
    "createUpload": ["413"],
    # Rules between fields: a post has text or files, each file stands once in it;
    # "something else" wants words; a post has a number, a part of a Space a Space.
    "publishPost": ["400"],
    "submitReport": ["400"],
}
"""Operation → statuses for rules that a JSON Schema of a type cannot tell."""


def _accepted(statuses: list[str]) -> dict[str, Any]:
    return {"positive_data_acceptance": {"expected-statuses": statuses}}


CONFIG: SchemathesisConfig = cast("Any", SchemathesisConfig).from_dict(
    {
        "checks": _accepted(EXPECTED),
        "operations": [
            {"include-operation-id": name, "checks": _accepted([*EXPECTED, *more])}
            for name, more in RULES.items()
        ],
    }
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with demo data, so that made-up ids meet something."""
    server = start_server(tmp_path_factory.mktemp("openapi"), seed="demo")
    try:
        yield server
    finally:
        assert server.stop() == 0


class _Tokens:
    """Tokens of alice and the moderator; a signed-out one is replaced."""

    def __init__(self, server: ServerProcess) -> None:
        self._client = httpx.Client(base_url=server.url, trust_env=False)
        self._server = server
        self._kept: dict[str, str] = {}

    def of(self, operation: str) -> str:
        moderates = access.CHECKS.get(operation) is access.moderator
        handle = "mod" if moderates else "alice"
        if operation == "signOut":
            return self._new("bob")
        if handle not in self._kept:
            self._kept[handle] = self._new(handle)
        return self._kept[handle]

    def _new(self, handle: str) -> str:
        return sign_in(self._client, handle, self._server.password(handle)).token

    def close(self) -> None:
        self._client.close()


@pytest.mark.timeout(240)
def test_schemathesis_finds_nothing_in_a_thousand_cases(
    demo: ServerProcess, request: pytest.FixtureRequest
) -> None:
    document = httpx.get(demo.url + OPENAPI_PATH, trust_env=False).json()
    schema: Any = schemathesis.openapi.from_dict(document, config=CONFIG)
    schema.config.update(base_url=demo.url)
    # A part of the document that cannot be read would raise here.
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 25
    tokens = _Tokens(demo)
    session = requests.Session()
    session.trust_env = False
    each = -(-CASES // (len(operations) - PLAIN))
    statuses: Counter[int] = Counter()
    for operation in operations:
        _try(operation, session, tokens, each, statuses)
    tokens.close()
    session.close()
    total = sum(statuses.values())
    good = sum(count for status, count in statuses.items() if status < 300)
    told = f"{total} cases, {len(operations)} operations: {dict(statuses)}"
    assert total >= CASES, told
    assert good >= ENOUGH_SUCCESS * total, told
    assert statuses[500] == 0, told
    request.node.user_properties.append(("schemathesis", told))


def _try(
    operation: Any,
    session: requests.Session,
    tokens: _Tokens,
    each: int,
    statuses: Counter[int],
) -> None:
    name: str = operation.definition.raw["operationId"]
    public = not operation.definition.raw.get("security")

    @given(data=st.data())
    @settings(
        max_examples=each,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
            HealthCheck.filter_too_much,
        ],
    )
    def send(data: Any) -> None:
        case = data.draw(operation.as_strategy())
        headers = {} if public else {"Authorization": f"Bearer {tokens.of(name)}"}
        if "Idempotency-Key" in (case.headers or {}):
            # A made-up key would soon stand for another made-up body.
            case.headers["Idempotency-Key"] = new_key()
        answer = case.call_and_validate(headers=headers, session=session, timeout=30)
        statuses[answer.status_code] += 1

    send()


def test_the_document_is_the_same_each_time(
    demo: ServerProcess, tmp_path: Path
) -> None:
    second = start_server(tmp_path)
    try:
        with httpx.Client(trust_env=False) as client:
            one, other = (
                client.get(server.url + OPENAPI_PATH).json()
                for server in (demo, second)
            )
        assert one == other
    finally:
        assert second.stop() == 0
