"""Exit codes, foreign text on a terminal, messages to the owner, schemas."""

from __future__ import annotations

import itertools
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetyclient.cli import handover
from safetyclient.cli.builder import UsageError
from safetyclient.cli.inputs import CommandError, Exit, Inputs
from safetyclient.cli.report import read_answers
from safetyclient.cli.result import worst
from safetyclient.cli.run import failure
from safetyclient.cli.schema import names, schema_of
from safetyclient.cli.sentences import plain
from safetyclient.domain.errors import (
    BadInput,
    NotAllowed,
    OwnerLost,
    SafetyError,
    StoreDamaged,
    VaultLocked,
)

ORDER = [Exit.UNSURE, Exit.REFUSED, Exit.YOURS, Exit.QUEUED, Exit.DONE]


@pytest.mark.parametrize("pair", list(itertools.product(ORDER, repeat=2)))
def test_of_several_the_worst_counts(pair: tuple[Exit, Exit]) -> None:
    assert worst(pair) is min(pair, key=ORDER.index)


def test_nothing_at_all_is_done() -> None:
    assert worst([]) is Exit.DONE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput(field="who", reason="handle"), 2),
        (UsageError("m", "u"), 2),
        (CommandError("no_account"), 2),
        (VaultLocked(), 2),
        (NotAllowed(), 4),
        (OwnerLost(), 5),
        (StoreDamaged(), 1),
    ],
)
def test_errors_have_their_exit_code(error: Exception, code: int) -> None:
    result = failure(error)
    out, err = result.output(as_json=True)
    assert (int(result.exit), err) == (code, "")
    jsonschema.validate(json_of(out), schema_of("mute"))


def test_every_expected_error_becomes_a_sentence() -> None:
    for kind in all_subclasses(SafetyError):
        sample = sample_of(kind)
        assert "{" not in failure(sample).lines[0], kind


def all_subclasses(kind: type[SafetyError]) -> set[type[SafetyError]]:
    below = set(kind.__subclasses__())
    return below.union(*(all_subclasses(each) for each in below))


def sample_of(kind: type[SafetyError]) -> SafetyError:
    from datetime import UTC, datetime

    samples: dict[str, dict[str, Any]] = {
        "RateLimited": {"until": datetime(2030, 1, 1, tzinfo=UTC)},
        "Unsupported": {"capability": "block"},
        "BadInput": {"field": "who", "reason": "handle"},
    }
    return kind(**samples.get(kind.__name__, {}))


def json_of(text: str) -> Any:
    import json

    return json.loads(text)


@given(st.text())
def test_foreign_text_cannot_steer_a_terminal(text: str) -> None:
    shown = plain(text)
    assert not set(shown) & {"\x1b", "\n", "\r", "\x9b", "\u202e", "\u2028", "\x07"}


@given(
    st.lists(st.text(max_size=20), max_size=5),
    st.text(min_size=1, max_size=32),
    st.text(max_size=50),
)
def test_a_command_survives_the_way_to_its_owner(
    argv: list[str], request: str, secret: str
) -> None:
    inputs = Inputs(request=request, cwd="/", password=secret, answers=secret)
    assert handover.read(handover.request(argv, inputs)) == (argv, inputs)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"version": 1},
        {"version": 2, "id": "a", "argv": []},
        {"version": 1, "id": "a", "argv": "sync"},
        {"version": 1, "id": 5, "argv": ["sync"], "cwd": "/"},
        {"version": 1, "id": "a", "argv": [5], "cwd": "/"},
    ],
)
def test_what_is_no_command_is_refused_by_the_owner(message: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"version|fields"):
        handover.read(message)


def test_an_address_for_the_window_has_a_limit() -> None:
    assert handover.window_of(handover.show_window("safetyclient://x")) is not None
    with pytest.raises(ValueError, match="window"):
        handover.window_of({"version": 1, "window": "a" * 4097})


def test_secrets_do_not_show() -> None:
    inputs = Inputs(request="r", cwd="/", password="hunter2", passphrase="hunter3")
    assert "hunter" not in repr(inputs)


@pytest.mark.parametrize("command", names())
def test_every_command_has_a_valid_schema(command: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(command))


def test_a_schema_refuses_what_the_command_does_not_print() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"account": "a"}, schema_of("mute"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            {"error": "x", "message": "y", "exit": 2, "more": 1}, schema_of("mute")
        )


def test_answers_are_words_yes_no_and_lists() -> None:
    text = '{"danger": "no", "leaves": ["a", "b"], "sure": true}'
    assert read_answers(text) == {"danger": "no", "leaves": ("a", "b"), "sure": True}


@pytest.mark.parametrize(
    "text", ["", "[]", "no", '{"a": 5}', '{"a": [5]}', '{"a": {}}']
)
def test_other_answers_are_refused(text: str) -> None:
    with pytest.raises(CommandError):
        read_answers(text)
