"""The statistical forecast: parts that add up, walks that agree with the recursion, and edges."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast.fit import fit
from forecast.grouped import Grouped, group
from forecast.outlook import MEASURES, PARTS, TOTAL, against
from forecast.posterior import Posterior
from forecast.predict import predict
from forecast.walk import Hazard, Start, chances, walk
from sim.errors import SpecError, UnknownNameError
from tests.forecast.stories import ORIGIN, STAGES, log_of, steady

DRAWS = 200
DAY = ORIGIN + timedelta(days=130)


@pytest.fixture(scope="module")
def grouped() -> Grouped:
    log = log_of(steady(240, every=0.5), 200.0)
    n = log.n_leads
    leads = {
        **log.leads,
        "region": (np.arange(n) // 3 % 2).astype(np.int32),
        "segment": (np.arange(n) // 6 % 3).astype(np.int32),
    }
    named = replace(log, leads=leads, vocabulary={**log.vocabulary, "region": ("n", "s"), "segment": ("a", "b", "c")})
    return group(named, DAY)


@pytest.fixture(scope="module")
def posterior(grouped: Grouped) -> Posterior:
    return fit(grouped, draws=DRAWS)


def test_groups_and_parts_add_up_to_the_total_in_every_draw(grouped: Grouped, posterior: Posterior) -> None:
    outlook = predict(posterior, grouped, periods=2)
    for measure in MEASURES:
        total = outlook.cube(measure, TOTAL).values[..., 0]
        assert total.shape == (DRAWS, len(PARTS), 2)
        assert total.any()
        for name, cube in outlook.cubes[measure].items():
            assert cube.values.sum(axis=3) == pytest.approx(total), name
        ends = outlook.weekly[measure][:, :, -1]
        assert ends == pytest.approx(total.sum(axis=2))
        assert outlook.draws(measure) == pytest.approx(total[:, :, 0].sum(axis=1))


def test_what_is_booked_is_counted_and_certain(grouped: Grouped, posterior: Posterior) -> None:
    outlook = predict(posterior, grouped)
    booked = outlook.draws("wins", 0, PARTS[:1])
    began = (ORIGIN.replace(month=4, day=1) - ORIGIN) / timedelta(days=1)
    expected = sum(began <= story[-1][0] <= 130 for story in steady(240, every=0.5) if story[-1][1] == "won")
    assert set(booked.tolist()) == {float(expected)}


def test_the_same_seed_gives_the_same_forecast_and_another_one_another(grouped: Grouped, posterior: Posterior) -> None:
    first, again, other = (predict(posterior, grouped, seed=seed).draws() for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def hazard_of(posterior_draws: int, rng: np.random.Generator) -> Hazard:
    age = np.log(np.array([[[0.4, 0.2, 0.1], [0.3, 0.3, 0.05]], [[1.0, 0.5, 0.2], [0.8, 0.8, 0.4]]]))
    return Hazard(
        age=age + 0.3 * rng.standard_normal((posterior_draws, 2, 2, 1)),
        time=np.zeros((posterior_draws, 2, 2, 40)),
        effects=np.zeros((posterior_draws, 2, 2, 1)),
        destination=np.tile(np.cumsum([[0.0, 0.8, 0.2], [0.1, 0.0, 0.9]], axis=1), (posterior_draws, 1, 1)),
        bucket=np.array([0, 1, 1, 2]),
        moment=np.full((2, 2), 0.5),
    )


def walked(hazard: Hazard, steps: int, n: int) -> np.ndarray:
    """Return the share won within some steps, by stage and age: shape (2, 4)."""
    shares = np.zeros((2, 4))
    draws = len(hazard.age)
    for stage in range(2):
        for age in range(4):
            start = Start(np.array([stage]), np.array([float(age)]), np.zeros(1), np.zeros((1, 2, 0), np.int32))
            draw = np.repeat(np.arange(draws), n // draws)
            won = walk(hazard, draw, np.zeros(len(draw), np.int64), start, float(steps), seed=7 + stage + 10 * age)
            shares[stage, age] = np.isfinite(won).mean()
    return shares


def test_walks_agree_with_the_backward_recursion_in_standard_errors() -> None:
    hazard, n, steps = hazard_of(50, np.random.default_rng(4)), 40_000, 8
    expected = chances(hazard, steps)
    found = walked(hazard, steps, n)
    z = (found - expected) / np.sqrt(expected * (1 - expected) / n)
    assert np.abs(z).max() < 6
    wrong = walked(replace(hazard, age=hazard.age + 0.1), steps, n)
    assert (np.abs(wrong - expected) / np.sqrt(expected * (1 - expected) / n)).max() > 6


def test_old_deals_are_won_less_often_than_young_ones() -> None:
    table = chances(hazard_of(20, np.random.default_rng(4)), 8)
    assert table[1, 0] > 1.5 * table[1, 3]


def test_a_channel_that_began_after_the_fit_gets_the_spread_of_those_that_are_known(
    grouped: Grouped, posterior: Posterior
) -> None:
    renamed = {**grouped.dimensions, "segment": ("a", "new", "c", "unknown")}
    later = replace(grouped, dimensions=renamed, levels={**grouped.levels, "segment": renamed["segment"]})
    outlook = predict(posterior, later)
    assert np.isfinite(outlook.draws()).all()
    assert "new" in set(outlook.table("bookings", "segment")["group"])


def test_a_fit_of_another_funnel_is_refused(grouped: Grouped, posterior: Posterior) -> None:
    with pytest.raises(SpecError, match="the data have first, second"):
        predict(posterior, replace(grouped, stages=("first", "second")))
    with pytest.raises(UnknownNameError, match="no method 'guess'"):
        fit(grouped, method="guess")


def test_the_chance_to_hit_a_target_falls_with_it(grouped: Grouped, posterior: Posterior) -> None:
    outlook = predict(posterior, grouped)
    middle = float(np.median(outlook.draws()))
    low, high = (against(outlook, middle * factor) for factor in (0.5, 1.5))
    assert low.chance > 0.9
    assert high.chance < 0.2
    assert high.worst_shortfall > high.shortfall > low.shortfall


EDGES = {
    "no deal": [],
    "one deal": steady(1),
    "two deals": steady(2),
    "no wins yet": steady(60, wins=False),
    "all zombies": [[(0.0, "qualify")] for _ in range(40)],
}


@pytest.mark.parametrize("name", EDGES)
def test_thin_histories_are_forecast_from_the_priors_and_never_crash(name: str) -> None:
    # a lone deal of long ago gives the empty history its date
    log = log_of(EDGES[name] or [[(0.0, "qualify"), (1.0, "lost")]], 120.0)
    day = ORIGIN + timedelta(days=100)
    grouped = group(log, day, since=day - timedelta(days=30) if not EDGES[name] else None)
    outlook = predict(fit(grouped, draws=60), grouped)
    assert np.isfinite(outlook.draws("wins")).all()
    assert np.isfinite(outlook.draws()).all()
    assert len(outlook.deals) == len(grouped.open)


def test_zombies_are_won_seldom() -> None:
    zombies = [[(0.0, "qualify")] for _ in range(60)]
    grouped = group(log_of([*steady(200), *zombies], 260.0), ORIGIN + timedelta(days=250))
    deals = predict(fit(grouped, draws=100), grouped, periods=1).deals
    old = deals["days"] > 200
    assert old.sum() >= 60
    assert deals.loc[old, "chance"].mean() < 0.05


def test_one_stage_is_enough() -> None:
    story = [[(float(k), "only"), (k + 9.0, "won" if k % 2 else "lost")] for k in range(80)]
    grouped = group(log_of(story, 100.0, stages=("only",)), ORIGIN + timedelta(days=95))
    outlook = predict(fit(grouped, draws=60), grouped)
    assert outlook.draws("wins").mean() > 0


def test_one_rep_has_all_of_the_forecast() -> None:
    grouped = group(log_of(steady(150), 200.0, rep="Ann"), DAY)
    assert "rep" not in grouped.levels
    outlook = predict(fit(grouped, draws=60), grouped)
    ann = outlook.table("wins", "rep").set_index("group").loc["Ann"]
    assert ann["mean"].sum() == pytest.approx(outlook.table("wins")["mean"].sum())


def test_without_amounts_wins_are_still_forecast() -> None:
    grouped = group(log_of(steady(150), 200.0, amount=0.0), DAY)
    outlook = predict(fit(grouped, draws=60), grouped)
    assert (outlook.draws() == 0).all()
    assert outlook.draws("wins").mean() > 0


def test_stages_are_those_of_the_log(grouped: Grouped) -> None:
    assert grouped.stages == STAGES
