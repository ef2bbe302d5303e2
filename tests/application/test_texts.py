"""Texts: keys, plural rules, params that are never patterns, English behind all."""

from __future__ import annotations

from pathlib import Path

import pytest

from safetyclient.application import texts as texts_module
from safetyclient.application.texts import Entry, Texts, read_catalogue

SMALL: dict[str, Entry] = {
    "plain": "Hello.",
    "name": "Hello {who}.",
    "count": {"one": "{count} person", "other": "{count} people"},
}


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 people"), (1, "1 person"), (2, "2 people"), (12345, "12,345 people")],
)
def test_the_plural_is_chosen_by_count(count: int, said: str) -> None:
    assert Texts(SMALL).say("count", count=count) == said


def test_what_is_put_in_is_never_a_pattern() -> None:
    assert Texts(SMALL).say("name", who="{who.__class__}") == "Hello {who.__class__}."


def test_a_strict_catalogue_says_what_it_lacks() -> None:
    strict = Texts(SMALL, strict=True)
    with pytest.raises(KeyError, match="nothing"):
        strict.say("nothing")
    with pytest.raises(KeyError, match="who"):
        strict.say("name")


def test_at_run_time_english_stands_in_and_nothing_fails() -> None:
    texts = Texts({"plain": "Hallo."}, language="de", fallback=SMALL)
    assert texts.say("plain") == "Hallo."
    assert texts.say("count", count=1) == "1 person"
    assert texts.say("name") == "Hello {who}."
    assert texts.say("nothing.at.all") == "nothing.at.all"
    assert texts.has("plain")
    assert not texts.has("name")


def test_the_names_in_a_sentence_are_known() -> None:
    assert Texts(SMALL).params("count") == {"count"}
    assert Texts(SMALL).params("plain") == frozenset()


def test_the_shipped_catalogue_reads_and_every_sentence_can_be_said() -> None:
    texts = Texts.load(strict=True)
    assert len(texts.keys()) > 700
    for key in texts.keys(""):
        params: dict[str, str | int] = dict.fromkeys(texts.params(key), "x")
        assert texts.say(key, **{**params, "count": 2}).strip(), key


def test_a_key_is_given_once_and_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "texts" / "en"
    folder.mkdir(parents=True)
    monkeypatch.setattr(texts_module, "resource", tmp_path.joinpath)
    (folder / "a.toml").write_text('[x]\ny = "1"\n')
    (folder / "note.txt").write_text("not read")
    assert read_catalogue("en") == {"x.y": "1"}
    (folder / "b.toml").write_text('[x]\ny = "2"\n')
    with pytest.raises(ValueError, match=r"x\.y is given twice"):
        read_catalogue("en")
    (folder / "b.toml").write_text("z = 3\n")
    with pytest.raises(ValueError, match="z is neither"):
        read_catalogue("en")


def test_a_language_without_files_of_its_own_is_read_beside_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, said in (("en", "Hello."), ("de", "Hallo.")):
        folder = tmp_path / "texts" / language
        folder.mkdir(parents=True)
        (folder / "a.toml").write_text(f'plain = "{said}"\n')
    (tmp_path / "texts" / "en" / "b.toml").write_text('more = "More."\n')
    monkeypatch.setattr(texts_module, "resource", tmp_path.joinpath)
    german = Texts.load("de")
    assert (german.say("plain"), german.say("more")) == ("Hallo.", "More.")
