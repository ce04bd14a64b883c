"""The fast fit against NUTS on the same model, and fits that go wrong and say so."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from forecast import nuts
from forecast.fit import fit
from forecast.grouped import Grouped, group
from forecast.laplace import approximate, binomial
from forecast.models import transitions
from forecast.nuts import Health, Sampled
from forecast.predict import predict
from forecast.priors import evidence
from tests.forecast.stories import ORIGIN, log_of, steady

DAY = ORIGIN + timedelta(days=190)


@pytest.fixture(scope="module")
def grouped() -> Grouped:
    return group(log_of(steady(380, every=0.5), 200.0), DAY)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_fast_fit_agrees_with_nuts_on_a_stages_exits(grouped: Grouped) -> None:
    block = transitions.blocks(grouped, evidence())[0]
    done = nuts.Sampler(transitions.build(block)).sample(seed=1)
    quick = approximate(
        block.design, binomial(block.events, block.at_risk), draws=4000, rng=np.random.default_rng(1), points=512
    )
    assert done.health.rhat < 1.02
    level = done.values["level"][:, None] + done.values["effect_age"]
    fast = quick.level[:, None] + quick.effects[0]
    assert (np.abs(fast.mean(axis=0) - level.mean(axis=0)) / level.std(axis=0)).max() < 0.25
    assert np.all(np.abs(fast.std(axis=0) / level.std(axis=0) - 1) < 0.15)


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
