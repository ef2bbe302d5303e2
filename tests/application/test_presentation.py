"""Presentation: every error has a level and its words, and no words are left over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import safetyclient
from safetyclient.application.presentation import (
    BUG,
    Level,
    present,
    present_code,
)
from safetyclient.application.texts import Texts
from safetyclient.domain.errors import (
    BadInput,
    Conflict,
    Gone,
    Invalid,
    NotAllowed,
    Offline,
    RateLimited,
    Refused,
    SafetyError,
    ServerTrouble,
    SignInExpired,
    StoreDamaged,
    StoreFull,
    StoreTooNew,
    TimedOut,
    TlsTrouble,
    TooLarge,
    Unsupported,
    VaultLocked,
    VaultMissing,
)

TEXTS = Texts.load(strict=True)
UNTIL = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def tree(kind: type[SafetyError] = SafetyError) -> Iterator[type[SafetyError]]:
    """Yield every class of the error tree."""
    yield kind
    for below in kind.__subclasses__():
        if below.__module__.startswith("safetyclient"):
            yield from tree(below)


def made(kind: type[SafetyError]) -> SafetyError:
    """Return an error of a class."""
    if issubclass(kind, RateLimited):
        return kind(until=UNTIL)
    if issubclass(kind, BadInput):
        return kind(field="who", reason="handle")
    if issubclass(kind, Unsupported):
        return kind(capability="report_space")
    return kind()


@pytest.mark.parametrize("kind", list(tree()), ids=lambda kind: kind.__name__)
def test_every_error_has_its_words(kind: type[SafetyError]) -> None:
    shown = present(made(kind))
    assert TEXTS.say(shown.key, **shown.params).strip()
    assert shown.remedy is kind.remedy


def reasons() -> set[str]:
    """Return every reason of a bad input that the code names."""
    found: set[str] = set()
    for path in Path(safetyclient.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and "BadInput" in ast.unparse(node.func):
                given = [k.value for k in node.keywords if k.arg == "reason"]
                for value in given:
                    found |= {
                        str(each.value)
                        for each in ast.walk(value)
                        if isinstance(each, ast.Constant)
                    }
    return found


def test_words_for_errors_are_complete_and_none_is_left_over() -> None:
    codes = {f"error.{kind.code}" for kind in tree()} - {"error.bad_input"}
    wanted = codes | {"error.bug"} | {f"error.bad_input.{r}" for r in reasons()}
    assert set(TEXTS.keys("error.")) == wanted


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (Offline(), Level.CHIP),
        (TimedOut(), Level.CHIP),
        (ServerTrouble(), Level.CHIP),
        (RateLimited(until=UNTIL), Level.CHIP),
        (Refused(), Level.ROW),
        (NotAllowed(), Level.ROW),
        (Gone(), Level.ROW),
        (Conflict(), Level.ROW),
        (TooLarge(), Level.ROW),
        (Invalid(field="text"), Level.ROW),
        (Unsupported(capability="block"), Level.ROW),
        (SignInExpired(), Level.BANNER),
        (TlsTrouble(), Level.BANNER),
        (VaultLocked(), Level.BANNER),
        (VaultMissing(), Level.BANNER),
        (StoreFull(), Level.BANNER),
        (BadInput(field="who", reason="handle"), Level.FIELD),
        (StoreDamaged(), Level.PAGE),
        (StoreTooNew(), Level.PAGE),
        (SafetyError(), Level.PAGE),
    ],
)
def test_each_error_speaks_as_loudly_as_it_should(
    error: SafetyError, level: Level
) -> None:
    assert present(error).level is level


def test_a_bad_input_names_its_field() -> None:
    shown = present(BadInput(field="until", reason="end_past"))
    assert (shown.field, shown.key) == ("until", "error.bad_input.end_past")


def test_a_rate_limit_says_the_time_here() -> None:
    said = present(RateLimited(until=UNTIL)).params["until"]
    assert said == UNTIL.astimezone().strftime("%H:%M")


def test_what_nobody_expected_is_a_bug() -> None:
    assert present(ValueError("secret")) is BUG
    assert "secret" not in TEXTS.say(BUG.key)


def test_the_problem_of_a_change_is_shown_in_its_row() -> None:
    shown = present_code("not_allowed")
    assert (shown.level, shown.key) == (Level.ROW, "error.not_allowed")
    assert present_code("") is BUG
