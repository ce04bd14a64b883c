"""NUTS: the reference that the fast fit is held against, by nutpie, with its diagnostics in plain words."""

from dataclasses import dataclass
from typing import Any

import arviz as az
import numpy as np
import nutpie
import pymc as pm

from sim.eventlog import Floats

RHAT, ESS = 1.01, 400.0
"""Chains agree where R-hat is below the first; quantiles can be read off where effective draws exceed the second."""
_ACCEPTANCE = 0.8
"""What the step size aims at. In a frame more care only lengthens the walks: 0.9 takes twice the steps."""


@dataclass(frozen=True, slots=True)
class Health:
    """How well the chains mixed: the worst R-hat, the least effective number of draws, divergent transitions."""

    rhat: float
    ess: float
    divergences: int

    @property
    def good(self) -> bool:
        """Whether the draws can be used."""
        return self.rhat < RHAT and self.ess > ESS and self.divergences == 0

    def advice(self) -> str:
        """Say in a sentence what is wrong and what to do, or that all is well."""
        if not np.isfinite(self.rhat) or self.rhat > 1.1:
            return (
                f"the chains don't agree (R-hat {self.rhat:.2f}): don't use this fit; sample longer or drop an effect"
            )
        if self.divergences:
            said = f"{self.divergences} divergent transitions"
            return f"{said}: spreads near 0 may be off; compare with the fast fit, or drop the effect with fewest deals"
        if self.rhat >= RHAT or self.ess <= ESS:
            said = f"R-hat {self.rhat:.3f}, {self.ess:.0f} effective draws"
            return f"{said}: means are right, tails aren't settled; take twice the draws"
        return f"the chains agree (R-hat {self.rhat:.3f}, at least {self.ess:.0f} effective draws, no divergence)"


@dataclass(frozen=True)
class Sampled:
    """Draws of every variable, shape (chains × draws, ...), and their health."""

    values: dict[str, Floats]
    health: Health


class Sampler:
    """A compiled model that can be sampled again with other data, without compiling."""

    def __init__(self, model: pm.Model) -> None:
        self._compiled: Any = nutpie.compile_pymc_model(model)

    def sample(
        self, *, seed: int, draws: int = 1000, tune: int = 500, chains: int = 4, data: dict[str, Any] | None = None
    ) -> Sampled:
        """Sample; ``data`` replaces what the model was built with."""
        compiled = self._compiled.with_data(**data) if data else self._compiled
        tree = nutpie.sample(
            compiled,
            draws=draws,
            tune=tune,
            chains=chains,
            cores=2,
            seed=seed,
            progress_bar=False,
            target_accept=_ACCEPTANCE,
        )
        return Sampled(_values(tree), _health(tree))


def _values(tree: Any) -> dict[str, Floats]:  # noqa: ANN401 - arviz' tree has no useful type
    posterior = tree["posterior"].to_dataset()
    return {
        str(name): np.concatenate(np.asarray(values.values, np.float64)) for name, values in posterior.data_vars.items()
    }


def _health(tree: Any) -> Health:  # noqa: ANN401 - as above
    posterior = tree["posterior"].to_dataset()
    # raw variables are how the sampler moves, the others are what is read
    names = [name for name in posterior.data_vars if not str(name).startswith("raw_") and posterior[name].size]
    kept = posterior[names]
    rhat, ess = az.rhat(kept), az.ess(kept)
    worst = max(float(values.max()) for values in rhat.data_vars.values())
    least = min(float(values.min()) for values in ess.data_vars.values())
    diverging = int(tree["sample_stats"].to_dataset()["diverging"].sum())
    return Health(worst, least, diverging)
