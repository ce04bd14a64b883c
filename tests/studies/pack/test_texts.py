"""The texts of both languages hold the same sentences, with the same places, and none that nobody says."""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter

from forecast.backtest import OURS
from forecast.baselines import BASELINES
from forecast.outlook import PARTS, QUANTILES
from forecast.priors import GRADES, evidence
from scenarios.compare import Verdict
from scenarios.learning.space import NAME
from sim.kpis import HEADLINES
from sim.routing.registry import POLICIES
from studies.composed import FILTERS, RANKINGS
from studies.forecast_changes import KINDS
from studies.language import Language, words_of
from studies.plans import AS_IS

ROOT = Path(__file__).parents[3]
SPOKEN = re.compile(r"[a-z_]+(?:\.[\w@ ×+,/-]+)+")

type Texts = Mapping[str, str]


def texts(language: Language) -> Texts:
    return words_of("studies", language).texts


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def differences(one: Texts, other: Texts) -> set[str]:
    """Keys that only one of them has, or whose places differ."""
    return {
        key for key in one.keys() | other.keys() if places(one.get(key, "{gone}")) != places(other.get(key, "{lost}"))
    }


def spoken(sources: Iterable[str]) -> tuple[set[str], set[str]]:
    """Keys that appear whole in the sources, and beginnings of keys that are put together there."""
    whole, begun = set(), set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole |= {node.value} if SPOKEN.fullmatch(node.value) else set()
            if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant):
                begun |= {str(first.value)} if re.fullmatch(r"[a-z_]+\.", str(first.value)) else set()
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "named":
                family = node.args[1]
                begun |= {f"{family.value}."} if isinstance(family, ast.Constant) else set()
    return whole, begun


def unused(known: Iterable[str], sources: Iterable[str], page: str) -> set[str]:
    whole, begun = spoken(sources)
    whole |= set(re.findall(r'words\("([^"]+)"\)', page))
    return {key for key in known if key not in whole and not key.startswith(tuple(begun))}


def sources() -> list[str]:
    return [path.read_text("utf-8") for path in sorted((ROOT / "studies").rglob("*.py"))]


def test_both_languages_hold_the_same_sentences_with_the_same_places() -> None:
    assert differences(texts(Language.ENGLISH), texts(Language.CHINESE)) == set()


def test_a_missing_sentence_and_a_place_that_differs_are_found() -> None:
    one, other = {"a.b": "x {n}", "a.c": "y"}, {"a.b": "x {m}", "a.d": "z"}
    assert differences(one, other) == {"a.b", "a.c", "a.d"}


def test_no_sentence_is_there_that_nobody_says() -> None:
    page = (ROOT / "studies/templates/report.html").read_text("utf-8")
    assert unused(texts(Language.ENGLISH), sources(), page) == set()


def test_a_sentence_that_nobody_says_is_found() -> None:
    assert unused(["a.b", "a.c", "d.e"], ['words("a.b")\nwords(f"d.{x}")'], "") == {"a.c"}


def test_every_sentence_that_is_said_is_there() -> None:
    families = {key.partition(".")[0] for key in texts(Language.ENGLISH)}
    whole, _ = spoken(path.read_text("utf-8") for path in (ROOT / "studies/pack").glob("*.py"))
    said = {key for key in whole if key.partition(".")[0] in families and not key.endswith(".typ")}
    assert said - set(texts(Language.ENGLISH)) == set()


def test_every_name_that_headrace_gives_has_a_word_for_it() -> None:
    families = {
        "kpi": set(HEADLINES),
        "verdict": {verdict.value for verdict in Verdict},
        "rule": {*OURS, *BASELINES},
        "plan": {AS_IS.name, NAME, *POLICIES},
        "grade": set(GRADES),
        "policy_part": {*FILTERS, *RANKINGS},
        "prior_unit": set(evidence().by_name),
        "prior": set(evidence().by_name),
        "because": set(evidence().by_name),
        "part": {part.replace(" ", "_") for part in PARTS},
        "change": {kind.replace(" ", "_") for kind in KINDS},
    }
    held = texts(Language.ENGLISH)
    for family, names in families.items():
        assert {key.partition(".")[2] for key in held if key.startswith(f"{family}.")} == names, family
    quantiles = {f"q{100 * q:g}".replace(".", "_") for q in QUANTILES}
    assert {key.partition(".")[2] for key in held if key.startswith("quantile.")} <= quantiles


def test_chinese_sentences_are_chinese() -> None:
    latin_only = {"lang", "Headrace", "Aalen-Johansen"}
    english = {
        key
        for key, text in texts(Language.CHINESE).items()
        if re.search(r"[A-Za-z]{2}", re.sub(r"\{.*?\}", "", text))
        and not re.search(r"[\u3400-\u9fff]", text)
        and key.partition(".")[2] not in latin_only
    }
    assert english == set()
