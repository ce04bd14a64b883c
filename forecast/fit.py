"""Fit: from grouped counts to a posterior, by the fast approximation or by NUTS, the same models either way."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

import forecast.models
from forecast.grouped import Grouped
from forecast.grouped.grid import POSITIONS
from forecast.laplace import approximate, binomial, negative_binomial
from forecast.models import amounts, arrivals, causes, effort, transitions
from forecast.models.transitions import AGE, KINDS, POSITION, SHOCK, TREND
from forecast.posterior import LAPLACE, METHODS, Posterior
from forecast.priors import Priors, evidence
from sim.errors import UnknownNameError
from sim.eventlog import Floats

if TYPE_CHECKING:
    from forecast.nuts import Sampler

_FEW_POINTS = 0.02
"""Share of effective points below which the fast fit's spreads are hardly known."""


@dataclass
class _Draws:
    """What a fit has found so far: names of variables → dimensions and draws; and complaints."""

    variables: dict[str, tuple[tuple[str, ...], Floats]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    """Level, effects by term, spreads and log of further parameters of one block, shape (draws, ...)."""

    level: Floats
    effects: Sequence[Floats]
    spreads: Floats
    more: Floats


def fit(
    grouped: Grouped, *, priors: Priors | None = None, method: str = LAPLACE, draws: int = 1000, seed: int = 1
) -> Posterior:
    """Fit every model.

    Parameters
    ----------
    grouped
        The counts.
    priors
        What is believed beforehand; the evidence that ships with Headrace by default.
    method
        ``laplace`` takes seconds; ``nuts`` takes minutes and is the reference.
    draws, seed
        How many draws, and the dice.

    Returns
    -------
    Posterior
        With a warning for each block that didn't fit well; it raises nothing for sparse data, which leave the priors.
    """
    if method not in METHODS:
        raise UnknownNameError("method", method, METHODS, "a fit")
    priors = priors or evidence()
    rng, found = np.random.default_rng(seed), _Draws()
    fitter = _Fast(draws, rng, found) if method == LAPLACE else _Reference(draws, seed, found)
    _transitions(grouped, priors, fitter, found)
    _arrivals(grouped, priors, fitter, found)
    _destinations(grouped, priors, draws, rng, found)
    for name, values in vars(amounts.sample(grouped.worth, priors, draws, rng)).items():
        own = {"mean": "amount_mean", "spread": "amount_spread"}.get(name, name)
        found.variables[own] = (("draw", "cell") if values.ndim > 1 else ("draw",), values)
    _work_and_losses(grouped, priors, draws, rng, found)
    about = {
        "method": METHODS[method],
        "key": fit_key(grouped, priors, method, draws, seed),
        "as_of": grouped.as_of.isoformat(),
        "seed": seed,
        "step_days": grouped.grid.step,
        "warnings": json.dumps(found.warnings),
        **{name: version(name) for name in ("numpy", "scipy", "pymc", "nutpie")},
    }
    return Posterior(xr.Dataset(found.variables, coords=_coordinates(grouped, priors, draws), attrs=about))


def fit_key(grouped: Grouped, priors: Priors, method: str, draws: int, seed: int) -> str:
    """Return a hash of the data, the priors, the models' sources and the settings: equal keys mean equal posteriors."""
    digest = sha256(grouped.fingerprint.encode())
    digest.update(priors.to_frame().to_json(orient="records").encode())
    digest.update(f"{method} {draws} {seed}".encode())
    folder = Path(next(iter(forecast.models.__path__))).parent
    for path in sorted([*folder.glob("*.py"), *folder.glob("models/*.py"), *folder.glob("laplace/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Fast:
    """Fits blocks by the nested Laplace approximation."""

    def __init__(self, draws: int, rng: np.random.Generator, found: _Draws) -> None:
        self.draws, self.rng, self.found = draws, rng, found

    def block(self, block: transitions.Block) -> _Found:
        """Fit the exits or advances of a stage."""
        done = approximate(block.design, binomial(block.events, block.at_risk), draws=self.draws, rng=self.rng)
        self._look(done.efficiency, f"{block.kind} of stage {block.stage!r}")
        return _Found(done.level, done.effects, done.spreads, done.more)

    def arrivals(self, model: arrivals.Arrivals) -> _Found:
        """Fit the arrivals."""
        likelihood = negative_binomial(model.counts)
        done = approximate(model.design, likelihood, draws=self.draws, rng=self.rng, more=[model.dispersion])
        self._look(done.efficiency, "arrivals")
        return _Found(done.level, done.effects, done.spreads, done.more)

    def _look(self, efficiency: float, what: str) -> None:
        if efficiency < _FEW_POINTS:
            said = f"{what}: the fast fit can hardly tell the spreads of the effects"
            self.found.warnings.append(f"{said}; fit with nuts before you rely on the width of the forecast")


class _Reference:
    """Samples blocks by NUTS, compiling once for all blocks."""

    def __init__(self, draws: int, seed: int, found: _Draws) -> None:
        self.draws, self.seed, self.found = draws, seed, found
        self.sampler: Sampler | None = None

    def block(self, block: transitions.Block) -> _Found:
        """Sample the exits or advances of a stage."""
        from forecast.nuts import Sampler  # noqa: PLC0415 - loading the sampler takes seconds

        self.sampler = self.sampler or Sampler(transitions.build(block))
        done = self.sampler.sample(seed=self.seed, data=transitions.given(block))
        self._look(done.health, f"{block.kind} of stage {block.stage!r}")
        return self._found(done.values, [term.name for term in block.design.terms], np.zeros((self.draws, 0)))

    def arrivals(self, model: arrivals.Arrivals) -> _Found:
        """Sample the arrivals."""
        from forecast.nuts import Sampler  # noqa: PLC0415 - as above

        done = Sampler(arrivals.build(model)).sample(seed=self.seed)
        self._look(done.health, "arrivals")
        more = np.log(self._thin(done.values["dispersion"]))[:, None]
        return self._found(done.values, [term.name for term in model.design.terms], more)

    def _look(self, health: object, what: str) -> None:
        if not health.good:  # type: ignore[attr-defined] # a Health, loaded late
            self.found.warnings.append(f"{what}: {health.advice()}")  # type: ignore[attr-defined]

    def _found(self, values: Mapping[str, Floats], names: Sequence[str], more: Floats) -> _Found:
        effects = [self._thin(values[f"effect_{name}"]) for name in names]
        spreads = np.stack([self._thin(values[f"spread_{name}"]) for name in names], axis=1)
        return _Found(self._thin(values["level"]), effects, spreads, more)

    def _thin(self, values: Floats) -> Floats:
        return values[np.linspace(0, len(values) - 1, self.draws).astype(np.int64)]


def _transitions(grouped: Grouped, priors: Priors, fitter: "_Fast | _Reference", found: _Draws) -> None:
    done = [(block, fitter.block(block)) for block in transitions.blocks(grouped, priors)]
    names = [term.name for term in transitions.terms(grouped, priors)]
    for kind in KINDS:
        its = [each for block, each in done if block.kind == kind]
        found.variables[f"{kind}_level"] = (("draw", "stage"), np.stack([each.level for each in its], axis=1))
        spreads = np.stack([each.spreads for each in its], axis=1)
        found.variables[f"{kind}_spread"] = (("draw", "stage", "term"), spreads)
        for place, name in enumerate(names):
            effects = np.stack([each.effects[place] for each in its], axis=1)
            found.variables[f"{kind}_{name}"] = (("draw", "stage", name), effects)


def _arrivals(grouped: Grouped, priors: Priors, fitter: "_Fast | _Reference", found: _Draws) -> None:
    model = arrivals.arrivals(grouped, priors)
    done = fitter.arrivals(model)
    names = [term.name for term in model.design.terms]
    effects = dict(zip(names, done.effects, strict=True))
    draws = len(done.level)
    walk = effects[arrivals.WEEK][:, -1] if arrivals.WEEK in effects else np.zeros(draws)
    drift = done.spreads[:, names.index(arrivals.WEEK)] if arrivals.WEEK in effects else np.full(draws, 0.05)
    channel = np.where(grouped.arrivals.sum(axis=0) > 0, effects[arrivals.CHANNEL], -np.inf)
    found.variables["arrival_now"] = (("draw",), done.level + walk)
    channel = channel if grouped.arrivals.sum() else effects[arrivals.CHANNEL]
    found.variables["arrival_channel"] = (("draw", "channel"), channel)
    found.variables["arrival_drift"] = (("draw",), drift)
    found.variables["arrival_dispersion"] = (("draw",), np.exp(done.more[:, 0]))
    found.variables["arrival_month"] = (("draw", "month"), effects.get(arrivals.MONTH, np.zeros((draws, 12))))


def _destinations(grouped: Grouped, priors: Priors, draws: int, rng: np.random.Generator, found: _Draws) -> None:
    """Draw where those go that go on: Dirichlet, with most of the prior's weight on the next stage."""
    counts = grouped.hazards.destinations
    stages = len(counts)
    weight = np.full(counts.shape, priors["jump"].value / 50)
    for stage in range(stages):
        weight[stage, stage], weight[stage, stage + 1] = 1e-9, priors["jump"].value
    shares = np.stack([rng.dirichlet(row, draws) for row in counts + weight], axis=1)
    found.variables["destination"] = (("draw", "stage", "to"), shares)


def _work_and_losses(grouped: Grouped, priors: Priors, draws: int, rng: np.random.Generator, found: _Draws) -> None:
    """Draw how long touches take, and why deals are lost."""
    work = effort.sample(grouped.effort, priors, draws, rng)
    found.variables["effort_mean"] = (("draw", "stage"), work.mean)
    found.variables["effort_spread"] = (("draw", "stage"), work.spread)
    found.variables["cause_share"] = (("draw", "stage", "cause"), causes.sample(grouped.losses, priors, draws, rng))


def _coordinates(grouped: Grouped, priors: Priors, draws: int) -> Mapping[str, object]:
    return {
        "draw": np.arange(draws),
        "stage": list(grouped.stages),
        "to": [*grouped.stages, "won"],
        "term": [term.name for term in transitions.terms(grouped, priors)],
        AGE: list(grouped.grid.ages),
        SHOCK: list(range(len(grouped.shocks) - 1)),
        TREND: list(range(len(grouped.shocks) - 1)),
        POSITION: list(POSITIONS),
        "channel": list(grouped.channels),
        "month": list(range(1, 13)),
        "cell": list(grouped.worth.cells),
        "cause": list(grouped.causes),
        **{name: list(levels) for name, levels in grouped.levels.items()},
    }
