"""How long touches take, and why deals are lost: what is drawn against what is true, and where nothing is known."""

import numpy as np
import pandas as pd
import pytest

from forecast.grouped.effort import Effort, effort
from forecast.models import causes
from forecast.models import effort as model
from forecast.priors import evidence

DRAWS = 2000
HOUR = 1 / 24


def seen(mean: float, spread: float, n: int, rng: np.random.Generator) -> tuple[float, float, float]:
    logs = rng.normal(mean, spread, n)
    return float(n), float(logs.sum()), float((logs**2).sum())


def test_efforts_come_back_and_a_stage_without_touches_is_like_the_others() -> None:
    rng, true = np.random.default_rng(2), (np.log(HOUR / 2), np.log(HOUR))
    stages = [seen(true[0], 0.4, 400, rng), seen(true[1], 0.6, 400, rng), (0.0, 0.0, 0.0)]
    found = model.sample(Effort(*np.array(stages).T), evidence(), DRAWS, rng)
    for stage, spread in enumerate((0.4, 0.6)):
        error = spread / 20
        assert abs(found.mean[:, stage].mean() - true[stage]) < 4 * error
        assert found.mean[:, stage].std() == pytest.approx(error, rel=0.15)
        assert found.spread[:, stage].mean() == pytest.approx(spread, rel=0.1)
    low, high = np.quantile(found.mean[:, 2], [0.1, 0.9])
    assert low < np.mean(true) < high
    assert high - low > 20 * error


def test_touches_carried_over_a_night_and_those_of_no_length_are_left_out() -> None:
    touches = pd.DataFrame({"stage": [0, 0, 1, 1], "start": [0.0, 1.0, 2.0, 3.0], "end": [0.1, 1.0, 2.9, 3.2]})
    found = effort(touches, 3)
    assert found.n.tolist() == [1.0, 1.0, 0.0]
    assert found.total[:2] == pytest.approx(np.log([0.1, 0.2]))


def test_causes_come_back_and_a_stage_without_losses_has_those_of_all() -> None:
    counts = np.array([[300.0, 100.0, 0.0], [40.0, 360.0, 0.0], [0.0, 0.0, 0.0]])
    drawn = causes.sample(counts, evidence(), DRAWS, np.random.default_rng(3))
    assert drawn.sum(axis=2) == pytest.approx(np.ones((DRAWS, 3)))
    mean = drawn.mean(axis=0)
    error = np.sqrt(0.75 * 0.25 / 400)
    assert abs(mean[0, 0] - 0.75) < 3 * error
    assert abs(mean[1, 0] - 0.10) < 3 * error
    assert mean[2, 0] == pytest.approx(340 / 800, abs=0.05)
    assert drawn[:, 2, 0].std() > 5 * drawn[:, 0, 0].std()
