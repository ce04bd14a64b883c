"""Every sentence on screen stands in the files of texts, in each language, with the same places; none stands idle."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from studies.language import Language, Words, words_of
from studies.routing_trials import NAMES

UI = Path(__file__).parents[2] / "ui"
FAMILIES = {"finding.", "month.", "estimated.", "estimated_at."}
"""Beginnings of keys that are put together from what the data hold; `WORDS` calls show the other families."""


def asked_for(source: str) -> Iterator[str]:
    """Yield the keys that a module asks for; one put together ends at its first place, with a star."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("words") and node.args:
            for key in ast.walk(node.args[0]):
                if isinstance(key, ast.JoinedStr):
                    first = key.values[0]
                    yield f"{first.value}*" if isinstance(first, ast.Constant) else "*"
                    break
                if isinstance(key, ast.Constant) and isinstance(key.value, str) and "." in key.value:
                    yield key.value
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "key":
            yield from (
                each.value if isinstance(each, ast.Constant) else f"{each.values[0].value}*"  # type: ignore[attr-defined]
                for each in ast.walk(node.value)
                if isinstance(each, ast.JoinedStr) or (isinstance(each, ast.Constant) and "." in str(each.value)
                                                       and not str(each.value).endswith("."))
            )  # fmt: skip
    yield "frame.company"


def every_key() -> set[str]:
    return {key for path in UI.rglob("*.py") for key in asked_for(path.read_text("utf-8"))}


def unmet(asked: set[str], texts: set[str]) -> tuple[set[str], set[str]]:
    """Return what is asked for and isn't there, and what is there and never asked for."""
    families = {key.removesuffix("*") for key in asked if key.endswith("*")} | FAMILIES
    missing = {key for key in asked if not key.endswith("*") and key not in texts}
    missing |= {f"{family}*" for family in families if not any(text.startswith(family) for text in texts)}
    idle = {text for text in texts if text not in asked and not text.startswith(tuple(families))}
    return missing, idle


@pytest.mark.parametrize("language", Language)
def test_no_sentence_is_missing_and_none_is_idle(language: Language) -> None:
    assert unmet(every_key(), set(words_of("ui", language).texts)) == (set(), set())


@pytest.mark.parametrize("language", Language)
def test_every_policy_has_a_name(language: Language) -> None:
    words = words_of("ui", language)
    needed = [f"{table}.{name}" for name in NAMES for table in ("policy", "policy_does")]
    assert [key for key in needed if not words.has(key)] == []


def test_a_missing_and_an_idle_sentence_are_found() -> None:
    asked = set(asked_for('words("a.b")\nwords(f"c.{name}")\nwords("x.y" if good else "x.z")'))
    assert {"a.b", "c.*", "x.y", "x.z"} <= asked
    missing, idle = unmet(
        asked - {"frame.company"}, {"a.b", "x.y", "old.one", "finding.a", "month.1", "estimated.a", "estimated_at.b"}
    )
    assert missing == {"c.*", "x.z"}
    assert idle == {"old.one"}


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    english, chinese = (words_of("ui", language) for language in Language)
    assert set(english.texts) == set(chinese.texts)
    assert [key for key in english.texts if places(english, key) != places(chinese, key)] == []


def places(words: Words, key: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", words.texts[key]))
