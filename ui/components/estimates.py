"""What the numbers of a funnel are called: where they belong, what they are, and how they were found."""

import re
from collections.abc import Mapping

from studies.language import Words, words_of
from studies.pack.speaking import named

_WITHOUT_WAITING = " without waiting"
_PLACE = re.compile(r"(?P<kind>stage|team|channel|calendar) '(?P<name>.*)'|(?P<of>amounts) (?P<group>.*)")
ASSUMED = "assumed"
"""How `forecast.calibration` marks a number that the history couldn't tell."""


def place(where: str, words: Words) -> str:
    """Return where a number belongs, such as a stage or a channel."""
    found = _PLACE.fullmatch(where)
    if found is None:
        return _text(f"estimated_at.{where}", where, words)
    name = found["name"] or found["group"] or ""
    return words(f"estimated_at.{found['kind'] or found['of']}", name=_text(f"estimated_at.{name}", name, words))


def number(what: str, words: Words) -> str:
    """Return what a number is; behind its kind may stand what it is of, such as a channel or a cause."""
    if what.endswith(_WITHOUT_WAITING):
        return words("estimated.without_waiting", what=number(what.removesuffix(_WITHOUT_WAITING), words))
    whole = f"estimated.{what.replace(' ', '_')}"
    if words.has(whole):
        return words(whole)
    kind, _, of = what.partition(" ")
    known = _text(f"estimated.{kind}", kind.replace("_", " "), words)
    named_of = named(words_of("studies", words.language), "story_name", of)
    return words("estimated.of", what=known, of=named_of) if of else known


def method(how: str, words: Words) -> str:
    """Return how a number was found, or why it had to be assumed."""
    texts = words_of("studies", words.language).texts
    way = how.removeprefix(f"{ASSUMED}: ")
    known = max((name for name in _ways(texts) if way.startswith(name)), key=len, default="")
    said = texts[f"how.{known}"] + way.removeprefix(known) if known else way
    return words("estimated.assumed", why=said) if way != how else said


def _ways(texts: Mapping[str, str]) -> list[str]:
    return [key.partition(".")[2] for key in texts if key.startswith("how.")]


def _text(key: str, otherwise: str, words: Words) -> str:
    return words.texts.get(key, otherwise)
