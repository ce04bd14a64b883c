"""The fast fit against NUTS on the same model, and fits that go wrong and say so."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytensor
import pytest

from forecast import nuts
from forecast.fit import fit
from forecast.grouped import Grouped, group
from forecast.laplace import Design, Spread, Term, approximate, binomial, walk_basis, zero_sum_basis
from forecast.models import transitions
from forecast.models.transitions import Block
from forecast.nuts import Health, Sampled
from forecast.predict import predict
from forecast.priors import evidence
from sim.eventlog import Floats
from tests.forecast.stories import ORIGIN, log_of, steady

DAY = ORIGIN + timedelta(days=190)


@pytest.fixture(scope="module")
def grouped() -> Grouped:
    return group(log_of(steady(380, every=0.5), 200.0), DAY)


def simulated_block() -> Block:
    """Return counts of six ages, four periods and five names, their shocks and effects drawn."""
    rng = np.random.default_rng(6)
    age, period, name = (axis.ravel() for axis in np.indices((6, 4, 5)))
    eta = -1.0 - 0.2 * age + rng.normal(0, 0.25, 4)[period] + rng.normal(0, 0.3, 5)[name]
    at_risk = np.full(len(eta), 60.0)
    terms = (
        Term("age", walk_basis(6), Spread(0.5)),
        Term("shock", np.eye(4), Spread(0.2)),
        Term("name", zero_sum_basis(5), Spread(0.4)),
    )
    events = rng.binomial(60, 1 / (1 + np.exp(-eta))).astype(np.float64)
    return Block("exit", "simulated", Design(terms, [age, period, name], (-1.0, 1.5)), events, at_risk)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_fast_fit_agrees_with_nuts_on_a_stages_exits() -> None:
    block = simulated_block()
    done = nuts.Sampler(transitions.build(block)).sample(seed=1)
    likelihood = binomial(block.events, block.at_risk)
    quick = approximate(block.design, likelihood, draws=4000, rng=np.random.default_rng(1), points=512)
    assert done.health.rhat < 1.03
    for place, name in enumerate(("age", "shock", "name")):
        slow, fast = done.values[f"effect_{name}"], quick.effects[place]
        if name == "shock":
            slow, fast = slow + done.values["level"][:, None], fast + quick.level[:, None]
        assert (np.abs(fast.mean(axis=0) - slow.mean(axis=0)) / slow.std(axis=0)).max() < 0.25, name
        assert np.all(np.abs(fast.std(axis=0) / slow.std(axis=0) - 1) < 0.2), name


def log_posterior(block: Block, spreads: Floats, effects: Floats) -> float:
    """Return the density of log spreads and of the design's dimensions, as the models' docstring has it."""
    design, scales = block.design, np.array([term.spread.scale for term in block.design.terms])
    away = np.linalg.lstsq(design.basis, effects, rcond=None)[0] - design.mean
    precision, eta = design.precision(np.log(spreads)), effects[design.index].sum(axis=1)
    prior = (np.log(spreads) - (spreads / scales) ** 2 / 2).sum() + (np.log(precision) - precision * away**2).sum() / 2
    return float(prior + (block.events * eta - block.at_risk * np.logaddexp(0.0, eta)).sum())


@pytest.mark.slow
@pytest.mark.parametrize(("planted", "same"), [(1.0, True), (1.3, False)])
def test_a_frame_changes_how_the_sampler_walks_and_not_where_to(planted: float, same: bool) -> None:
    block, rng = simulated_block(), np.random.default_rng(2)
    model, names = transitions.build(block), [term.name for term in block.design.terms]
    read = [*(model[f"spread_{name}"] for name in names), model["level"], *(model[f"effect_{name}"] for name in names)]
    flat = pytensor.tensor.concatenate([pytensor.tensor.atleast_1d(each) for each in read])
    unknowns = model.compile_fn(*model.replace_rvs_by_values([flat]), mode="FAST_COMPILE")
    density, size = model.compile_logp(mode="FAST_COMPILE"), len(names) + len(block.design.owner)

    def at(raw: Floats) -> tuple[dict[str, Floats], Floats, Floats]:
        point = dict(zip(("raw_spread", "raw_dimensions"), np.split(raw, [len(names)]), strict=True))
        spreads, effects = np.split(unknowns(point), [len(names)])
        return point, spreads, effects

    def moved(raw: Floats) -> Floats:
        _, spreads, effects = at(raw)
        return np.append(np.log(spreads), np.linalg.lstsq(block.design.basis, effects, rcond=None)[0])

    left = []
    for raw in rng.normal(0, 1.5, (4, size)):
        point, spreads, effects = at(raw)
        slopes = [(moved(raw + 1e-4 * unit) - moved(raw - 1e-4 * unit)) / 2e-4 for unit in np.eye(len(raw))]
        stretch = np.linalg.slogdet(np.array(slopes))[1]
        left.append(float(density(point)) - log_posterior(block, spreads * planted, effects) - stretch)
    assert (np.ptp(left) < 1e-4) == same


ADVICE = [
    (Health(1.001, 900.0, 0), "the chains agree"),
    (Health(1.5, 5.0, 0), "don't use this fit"),
    (Health(float("nan"), 5.0, 0), "don't use this fit"),
    (Health(1.001, 900.0, 7), "7 divergent transitions"),
    (Health(1.02, 300.0, 0), "take twice the draws"),
]


@pytest.mark.parametrize(("health", "said"), ADVICE)
def test_the_health_of_chains_comes_with_plain_advice(health: Health, said: str) -> None:
    assert said in health.advice()
    assert health.good == (said == "the chains agree")


def test_a_fit_that_does_not_converge_says_so_and_still_gives_a_forecast(
    grouped: Grouped, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = transitions.blocks(grouped, evidence())
    terms = blocks[0].design.terms
    rng = np.random.default_rng(1)

    class Stuck:
        def __init__(self, model: object) -> None:
            pass

        def sample(self, **_: object) -> Sampled:
            values = {"level": rng.normal(-1, 1, 50), "dispersion": np.full(50, 0.1)}
            weeks = len(grouped.arrivals)
            sizes = {**{term.name: term.levels for term in terms}, "channel": len(grouped.channels), "week": weeks}
            for name, size in sizes.items():
                values |= {f"effect_{name}": np.zeros((50, size)), f"spread_{name}": np.full(50, 0.1)}
            return Sampled(values, Health(1.7, 3.0, 40))

    monkeypatch.setattr(nuts, "Sampler", Stuck)
    monkeypatch.setattr(transitions, "build", lambda block: block)
    monkeypatch.setattr("forecast.models.arrivals.build", lambda model: model)
    posterior = fit(grouped, method="nuts", draws=20)
    assert len(posterior.warnings) == len(blocks) + 1
    assert all("don't use this fit" in said for said in posterior.warnings)
    assert np.isfinite(predict(posterior, grouped).draws("wins")).all()


def test_a_reference_fit_is_labelled_as_one(grouped: Grouped) -> None:
    assert fit(grouped, draws=20).provenance["method"].startswith("nested Laplace")
    assert SimpleNamespace(**fit(grouped, draws=20).provenance).seed == "1"
