"""The score sees quality as well as it is told to, is spread evenly, and is cut into tiers."""

import math

import numpy as np
import pytest

from sim.errors import SpecError
from sim.market import Scoring
from sim.scoring import correlation, scores, tier_of

N = 20_000


def drawn(concordance: float) -> tuple[np.ndarray, np.ndarray]:
    luck = np.random.default_rng(5)
    quality = luck.standard_normal(N)
    return quality, scores(quality, luck.random(N), correlation(concordance))


@pytest.mark.parametrize("concordance", [0.5, 0.6, 0.75, 0.9, 1.0])
def test_of_two_leads_the_better_has_the_higher_score_as_often_as_told(concordance: float) -> None:
    quality, score = drawn(concordance)
    half = N // 2
    better = (quality[:half] > quality[half:]) == (score[:half] > score[half:])
    error = math.sqrt(concordance * (1 - concordance) / half)
    assert abs(better.mean() - concordance) <= 4 * error + (1e-3 if concordance == 1 else 0)
    assert concordance == 1 or abs(better.mean() - (concordance + 0.05)) > 4 * error


@pytest.mark.parametrize("concordance", [0.5, 0.8])
def test_scores_are_percentiles(concordance: float) -> None:
    _, score = drawn(concordance)
    assert 0 <= score.min() < 1
    assert 99 < score.max() <= 100
    cells = np.histogram(score, bins=10, range=(0, 100))[0]
    assert np.abs(cells - N / 10).max() < 4 * math.sqrt(0.09 * N)


def test_a_perfect_score_keeps_the_order_of_quality() -> None:
    quality, score = drawn(1.0)
    assert (np.argsort(quality) == np.argsort(score)).all()


def test_a_score_belongs_to_the_first_tier_that_it_reaches() -> None:
    cuts = np.array([80.0, 50.0, 0.0])
    assert [tier_of(score, cuts) for score in (100.0, 80.0, 79.9, 50.0, 1.0, 0.0)] == [0, 0, 1, 1, 2, 2]
    assert tier_of(-1.0, cuts) == 2


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"concordance": 0.4}, "scoring: concordance must be in"),
        ({"half_life": 0.0}, "scoring: half_life must be above 0, got 0"),
        ({"tiers": {}}, "scoring: tiers needs at least one tier"),
        ({"tiers": {"A": 10.0, "B": 50.0}}, "scoring: tiers must fall from best to last"),
        ({"tiers": {"A": 10.0}}, "scoring: the last tier must begin at 0, got 10"),
    ],
)
def test_a_score_that_cannot_be_is_refused(facts: dict[str, float], told: str) -> None:
    with pytest.raises(SpecError, match=told):
        Scoring(**facts)
