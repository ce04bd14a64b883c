"""Predictive checks: a fit that could have made its history says so, and one that couldn't says that too."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast.checks import BELIEFS, inside, predictive_checks
from forecast.fit import fit
from forecast.grouped import Grouped, group
from forecast.posterior import Posterior
from tests.forecast.stories import ORIGIN, log_of


@pytest.fixture(scope="module")
def grouped() -> Grouped:
    """Deals that leave a stage at a third a week, and then go on or are lost by the toss of a coin."""
    rng, stories = np.random.default_rng(4), []
    for k in range(600):
        at, story = k / 3, []
        for stage in ("qualify", "proposal"):
            story.append((at, stage))
            at += float(rng.exponential(15.0))
            if rng.random() < 0.5:
                story.append((at, "lost"))
                break
        else:
            story.append((at, "won"))
        stories.append([(day, what) for day, what in story if day < 230])
    return group(log_of(stories, 240.0), ORIGIN + timedelta(days=230))


@pytest.fixture(scope="module")
def posterior(grouped: Grouped) -> Posterior:
    return fit(grouped, draws=100)


def test_a_history_looks_like_what_its_own_fit_makes(grouped: Grouped, posterior: Posterior) -> None:
    checks = predictive_checks(posterior, grouped)
    assert set(checks["kind"]) == {"exit", "advance"}
    assert set(checks["stage"]) == {"qualify", "proposal"}
    assert inside(checks) > 0.75


def test_a_history_of_another_kind_does_not(grouped: Grouped, posterior: Posterior) -> None:
    counts = grouped.hazards
    rarer = replace(counts, exits=np.floor(counts.exits / 2), advances=np.floor(counts.advances / 2))
    assert inside(predictive_checks(posterior, replace(grouped, hazards=rarer))) < 0.6


def test_before_the_data_much_more_was_possible(grouped: Grouped, posterior: Posterior) -> None:
    checks = predictive_checks(posterior, grouped)
    width = {belief: (checks[f"{belief}_high"] - checks[f"{belief}_low"]).median() for belief in BELIEFS}
    assert width["prior"] > 2 * width["posterior"]


def test_where_nothing_has_happened_there_is_nothing_to_hold(posterior: Posterior) -> None:
    empty = group(log_of([[(0.0, "qualify"), (1.0, "lost")]], 120.0), ORIGIN + timedelta(days=1))
    checks = predictive_checks(fit(empty, draws=20), empty)
    assert np.isnan(inside(checks))
