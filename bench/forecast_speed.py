"""How long a fit and a forecast take, and how near the fast fit is to NUTS: 100,000 deals, 4 stages, 100 reps.

    python bench/forecast_speed.py [--nuts BLOCKS]

Prints wall and CPU seconds. A wrong answer is no fast one: the walks' result is checked.
"""

import os
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from collections.abc import Iterator  # noqa: E402 - threads are set before NumPy is loaded
from contextlib import contextmanager  # noqa: E402

import numpy as np  # noqa: E402
from scipy.special import expit  # noqa: E402

from forecast.laplace import Approximation, Design, Spread, Term, approximate, binomial, walk_basis, zero_sum_basis  # noqa: E402
from forecast.models import transitions  # noqa: E402
from forecast.models.transitions import Block  # noqa: E402
from forecast.walk import Hazard, Start, walk  # noqa: E402

DEALS, STAGES, AGES, REPS, PERIODS, DRAWS = 100_000, 4, 20, 100, 4, 1000


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    print(f"{what}: {time.perf_counter() - wall:.1f} s wall, {time.process_time() - cpu:.1f} s CPU", flush=True)


def blocks(seed: int) -> list[Block]:
    """Simulate the counts of the deals, stage by stage, and lay them out."""
    rng = np.random.default_rng(seed)
    entering = rng.multinomial(DEALS, np.full(REPS * PERIODS, 1 / REPS / PERIODS)).reshape(REPS, PERIODS)
    age, rep, period = np.meshgrid(np.arange(AGES), np.arange(REPS), np.arange(PERIODS), indexing="ij")
    found = []
    for stage in range(STAGES):
        tables, skills = [], rng.normal(0, 0.3, (2, REPS))
        shocks = rng.normal(0, 0.15, (2, PERIODS))
        here = entering.copy()
        for k in range(AGES):
            leave = expit(-1.3 - 0.05 * k + skills[0][:, None] + shocks[0])
            on = expit(0.3 - 0.02 * k + skills[1][:, None] + shocks[1])
            exits = rng.binomial(here, leave)
            tables.append((here, exits, rng.binomial(exits, on)))
            here = here - exits
        at_risk, exits, advances = (np.stack([each[j] for each in tables]) for j in range(3))
        entering = advances.sum(axis=0)
        codes = [axis.ravel() for axis in (age, period, rep)]
        found += [
            block("exit", stage, codes, exits.ravel() * 1.0, at_risk.ravel() * 1.0),
            block("advance", stage, codes, advances.ravel() * 1.0, exits.ravel() * 1.0),
        ]
    return found


def block(kind: str, stage: int, codes: list[np.ndarray], events: np.ndarray, at_risk: np.ndarray) -> Block:
    """Lay out a block as `forecast.models.transitions` would."""
    terms = (
        Term("age", walk_basis(AGES), Spread(0.5)),
        Term("shock", np.eye(PERIODS), Spread(0.2)),
        Term("rep", zero_sum_basis(REPS), Spread(0.4)),
    )
    # a design of all cells, so that one compiled model serves every block; empty cells say nothing
    return Block(kind, str(stage), Design(terms, codes, (-1.0, 1.5)), events, at_risk)


def fast(all_blocks: list[Block]) -> list[Approximation]:
    """Fit every block by the fast approximation."""
    rng = np.random.default_rng(1)
    return [approximate(each.design, binomial(each.events, each.at_risk), draws=DRAWS, rng=rng) for each in all_blocks]


def sampled(all_blocks: list[Block], sampler: object, seed: int) -> list[object]:
    """Sample every block by NUTS, 4 chains of 1,000 draws, and print how each went."""
    found = []
    for each in all_blocks:
        what = f"  {each.kind} of stage {each.stage}, {len(each.design.owner) + len(each.design.terms)} unknowns"
        with timed(what):
            found.append(sampler.sample(seed=seed, data=transitions.given(each)))  # type: ignore[attr-defined]
        print(f"    {found[-1].health.advice()}", flush=True)
    return found


def compare(quick: list[Approximation], slow: list[object]) -> None:
    """Print how far the fast fit's means and spreads are from NUTS', over all log odds by age and rep."""
    shifts, ratios, rhat, ess, diverging = [], [], 0.0, np.inf, 0
    for each, nuts in zip(quick, slow, strict=True):
        values = nuts.values  # type: ignore[attr-defined]
        pairs = [(each.effects[0], values["effect_age"]), (each.effects[2], values["effect_rep"])]
        pairs.append((each.level[:, None] + each.effects[1], values["level"][:, None] + values["effect_shock"]))
        for a, b in pairs:
            shifts.append(np.abs(a.mean(axis=0) - b.mean(axis=0)) / b.std(axis=0))
            ratios.append(a.std(axis=0) / b.std(axis=0))
        health = nuts.health  # type: ignore[attr-defined]
        rhat, ess = max(rhat, health.rhat), min(ess, health.ess)
        diverging += health.divergences
    shift, ratio = np.concatenate(shifts), np.concatenate(ratios)
    print(f"NUTS: R-hat {rhat:.4f}, least effective draws {ess:.0f}, {diverging} divergences")
    for share in (1.0, 0.99):
        low, high = np.quantile(ratio, [(1 - share) / 2, (1 + share) / 2])
        said = f"{share:.0%} of {len(shift)} effects: means within {np.quantile(shift, share):.2f} sd"
        print(f"fast against NUTS, {said}, sd ratios {low:.2f} to {high:.2f}")


def compose() -> None:
    """Walk 5,000 open deals through 13 weeks in 1,000 draws."""
    rng, deals = np.random.default_rng(3), 5000
    hazard = Hazard(
        age=rng.normal(-1.3, 0.3, (DRAWS, 2, STAGES, AGES)),
        time=np.zeros((DRAWS, 2, STAGES, 13)),
        effects=rng.normal(0, 0.3, (DRAWS, 2, STAGES, REPS)),
        destination=np.tile(np.cumsum(np.eye(STAGES, STAGES + 1, 1), axis=1), (DRAWS, 1, 1)),
        bucket=np.arange(AGES),
        moment=np.full((STAGES, 2), 0.5),
    )
    reps = np.repeat(rng.integers(0, REPS, (deals, 1, 1), np.int32), STAGES, axis=1)
    start = Start(rng.integers(0, STAGES, deals), rng.random(deals) * AGES, np.zeros(deals), reps)
    draw, deal = np.repeat(np.arange(DRAWS), deals), np.tile(np.arange(deals), DRAWS)
    walk(hazard, draw[:10], deal[:10], start, 13.0, 1)  # compiled, or taken from the cache
    with timed("walking 1,000 draws × 5,000 open deals × 13 weeks"):
        won = walk(hazard, draw, deal, start, 13.0, 1)
    share = float(np.isfinite(won).mean())
    if not 0.02 < share < 0.5:
        sys.exit(f"the walks are wrong: {share:.1%} are won")


def main() -> None:
    """Run it."""
    data, later = blocks(1), blocks(2)
    print(f"{DEALS:,} deals, {int(sum(each.at_risk.sum() for each in data[::2])):,} deal-weeks, {len(data)} blocks")
    approximate(
        data[0].design, binomial(data[0].events, data[0].at_risk), draws=10, rng=np.random.default_rng(1), points=8
    )
    with timed("fast fit of all blocks, 1,000 draws"):
        quick = fast(data)
    compose()
    if "--nuts" in sys.argv:
        from forecast.nuts import Sampler  # noqa: PLC0415 - loading it takes seconds

        with timed("compiling the model"):
            sampler = Sampler(transitions.build(data[0]))
        few = int(sys.argv[sys.argv.index("--nuts") + 1])
        with timed(f"NUTS, 4 × 1,000 draws of {few} blocks"):
            slow = sampled(data[:few], sampler, 1)
        compare(quick[:few], slow)
        with timed("NUTS again on other data of one block, without compiling"):
            sampled(later[:1], sampler, 2)


if __name__ == "__main__":
    main()
